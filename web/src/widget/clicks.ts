import { execute, RequestFailed } from "../client/http";
import { backOff, pause } from "../client/pause";
import { random } from "../client/random";
import { RecordClickDocument } from "../documents/generated";

const APART = 2_000; // milliseconds; a double click is one
const ATTEMPTS = 5; // about half a minute without a network

/** Records the clicks on products, each once: sales are credited to them. */
export class Clicks {
  private readonly last = new Map<string, number>();

  constructor(private readonly endpoint: string) {}

  async record(token: string, messageId: string, productId: string): Promise<void> {
    const [name, now] = [`${messageId} ${productId}`, performance.now()];
    if (now - (this.last.get(name) ?? -APART) < APART) return;
    this.last.set(name, now);
    const input = { messageId, productId, idempotencyKey: random() };
    for (let failures = 0; failures < ATTEMPTS; failures++) {
      try {
        await execute(this.endpoint, token, RecordClickDocument, { input }, { keepalive: true });
        return;
      } catch (error) {
        if (!(error instanceof RequestFailed) || !error.passes) return;
        await pause(Math.max(error.retryAfter, backOff(failures)));
      }
    }
  }
}
