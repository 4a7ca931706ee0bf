// Runs one operation at a time: over HTTP, or as a live stream.

import { bearer, post } from "./http.js";
import { Stream } from "./stream.js";

export class Runner {
  // on: {begin(), answer(payload, meta), stream(), frame(payload), note(text), state(text), fail(text, errors), end()}
  constructor({ url, credential, on }) {
    Object.assign(this, { url, credential, on });
    this.abort = null;
    this.live = null;
    window.addEventListener("online", () => this.live?.hurry());
  }

  get running() {
    return Boolean(this.abort || this.live);
  }

  run(operation, request) {
    this.stop();
    this.abort = null; // whatever the one before still says is not for this run
    this.on.begin();
    return operation.kind === "subscription" ? this.subscribe(request) : this.ask(request);
  }

  stop() {
    this.abort?.abort();
    this.live?.stop();
  }

  async ask(request) {
    const abort = new AbortController();
    this.abort = abort;
    this.on.state("running…");
    try {
      const { result, ...meta } = await post(this.url, request, { credential: this.credential(), signal: abort.signal });
      if (this.abort === abort) this.on.answer(result, meta);
    } catch (error) {
      if (this.abort !== abort) return;
      if (error.name === "AbortError") this.on.state("stopped");
      else this.on.fail(error.message, null);
    } finally {
      if (this.abort === abort) {
        this.abort = null;
        this.on.end();
      }
    }
  }

  subscribe(request) {
    this.on.stream();
    const socketUrl = new URL(this.url);
    socketUrl.protocol = socketUrl.protocol === "https:" ? "wss:" : "ws:";
    const live = new Stream({
      url: socketUrl.toString(),
      request,
      connect: (url, protocol) => new WebSocket(url, protocol),
      credential: () => bearer(this.credential()),
      on: {
        frame: (payload) => this.on.frame(payload),
        note: (text) => this.on.note(text),
        state: (text) => this.on.state(text),
        end: (text, errors) => this.ended(text, errors),
      },
    });
    this.live = live;
    live.start();
  }

  ended(text, errors) {
    this.live = null;
    if (text) this.on.fail(text, errors);
    else this.on.state("stopped");
    this.on.end();
  }
}
