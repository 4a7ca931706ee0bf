import type { Credential } from "../client/credential";
import { execute, RequestFailed } from "../client/http";
import { backOff, pause } from "../client/pause";
import type { TypedDocumentString } from "../documents/generated";

interface Options {
  /** Whether the result is still of use. */
  wanted?: () => boolean;
  /** Called with the failure of a request that it is useless to repeat. */
  refused?: (failure: Error) => void;
}

/** The requests of the inbox. */
export class Calls {
  private repeated = 0; // requests that failed, and are made again

  constructor(
    readonly endpoint: string,
    readonly credential: Credential,
    private readonly waits: (waits: boolean) => void, // whether any request has to be made again
    private readonly refused: (failure: Error) => void,
  ) {}

  /** Returns the data of an operation. Raises `RequestFailed`. */
  ask<Result, Variables>(document: TypedDocumentString<Result, Variables>, variables: Variables): Promise<Result> {
    return execute(this.endpoint, this.credential, document, variables);
  }

  /** Runs a task until its result is known, as long as it is wanted. Returns whether it succeeded. */
  async again(task: () => Promise<void>, { wanted = () => true, refused = this.refused }: Options = {}): Promise<boolean> {
    let failures = 0;
    try {
      for (; wanted(); failures++) {
        const failure = await task().then(() => null, (error: unknown) => error);
        if (failure === null) return true;
        if (!(failure instanceof RequestFailed) || !failure.passes) {
          refused(failure instanceof Error ? failure : new Error(String(failure)));
          return false;
        }
        if (!failures) this.waits(++this.repeated > 0);
        await pause(Math.max(failure.retryAfter, backOff(failures)));
      }
      return false;
    } finally {
      if (failures) this.waits(--this.repeated > 0);
    }
  }
}
