import type { Credential } from "../client/credential";
import { execute, RequestFailed } from "../client/http";
import { backOff, pause } from "../client/pause";
import type { TypedDocumentString } from "../documents/generated";

/** The requests of the inbox. */
export class Calls {
  constructor(
    readonly endpoint: string,
    readonly credential: Credential,
    private readonly waits: (waits: boolean) => void, // whether a request has to be made again
    private readonly refused: (trouble: string) => void,
  ) {}

  /** Returns the data of an operation. Raises `RequestFailed`. */
  ask<Result, Variables>(document: TypedDocumentString<Result, Variables>, variables: Variables): Promise<Result> {
    return execute(this.endpoint, this.credential, document, variables);
  }

  /** Runs a task until its result is known, as long as it is wanted. Returns whether it succeeded. */
  async again(task: () => Promise<void>, wanted: () => boolean = () => true): Promise<boolean> {
    let failures = 0;
    try {
      for (; wanted(); failures++) {
        const failure = await task().then(() => null, (error: unknown) => error);
        if (failure === null) return true;
        if (!(failure instanceof RequestFailed) || !failure.passes) {
          this.refused(failure instanceof Error ? failure.message : String(failure));
          return false;
        }
        this.waits(true);
        await pause(Math.max(failure.retryAfter, backOff(failures)));
      }
      return false;
    } finally {
      if (failures) this.waits(false);
    }
  }
}
