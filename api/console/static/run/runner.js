// Runs one operation at a time: over HTTP, or as a live stream.

import { bearer, post } from "./http.js";
import { Stream } from "./stream.js";

export class Runner {
  // on: {begin(), response(payload, meta), stream(), frame(payload), note(text), state(text), fail(text, errors), end()}
  constructor({ url, credential, on }) {
    Object.assign(this, { url, credential, on });
    this.abort = null;
    this.stream = null;
    window.addEventListener("online", () => this.stream?.hurry());
  }

  get running() {
    return Boolean(this.abort || this.stream);
  }

  run(operation, request, headers) {
    this.stop();
    this.abort = null; // a late response to the previous request does not belong to this run
    this.on.begin();
    return operation.kind === "subscription" ? this.subscribe(request, headers) : this.request(request, headers);
  }

  stop() {
    this.abort?.abort();
    this.stream?.stop();
  }

  async request(request, headers) {
    const abort = new AbortController();
    this.abort = abort;
    this.on.state("running…");
    try {
      const options = { credential: this.credential(), headers, signal: abort.signal };
      const { result, ...meta } = await post(this.url, request, options);
      if (this.abort === abort) this.on.response(result, meta);
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

  subscribe(request, headers) {
    this.on.stream();
    const socketUrl = new URL(this.url);
    socketUrl.protocol = socketUrl.protocol === "https:" ? "wss:" : "ws:";
    this.stream = new Stream({
      url: socketUrl.toString(),
      request,
      headers,
      connect: (url, protocol) => new WebSocket(url, protocol),
      credential: () => bearer(this.credential()),
      on: {
        frame: (payload) => this.on.frame(payload),
        note: (text) => this.on.note(text),
        state: (text) => this.on.state(text),
        end: (text, errors) => this.ended(text, errors),
      },
    });
    this.stream.start();
  }

  ended(text, errors) {
    this.stream = null;
    if (text) this.on.fail(text, errors);
    else this.on.state("stopped");
    this.on.end();
  }
}
