// Subscriptions: graphql-transport-ws. A lost connection is made again, and the stream continues at the cursor of the
// last frame (`extensions.stream.cursor`, advanced by the server's pings), which `connection_init` sends as `resume`.

const PROTOCOL = "graphql-transport-ws";
// ms; exponential back-off with jitter, so that many pages do not reconnect at the same moment
const WAITS = { first: 500, longest: 15_000 };
const SILENCE = 45_000; // ms without a message (the server pings about every 25 s) until we send a ping
const ANSWER = 10_000; // ms for a reply to that ping, and for the acknowledgement
const REFUSED = 4403;
const OURS = 4499; // the page's own close of a connection that did not respond
const RECONNECTS = new Set([1000, 1001, 1005, 1006, 1012, 1013, 1014, 4408, OURS]);

export class Stream {
  // on: {frame(payload), state(text), note(text), end(text | null, errors | null)}
  constructor({ url, request, headers = {}, connect, credential, on, waits = WAITS }) {
    Object.assign(this, { url, request, headers, connect, credential, on, waits });
    this.cursor = null;
    this.tries = 0;
    this.stopped = false;
    this.socket = null;
    this.timer = null;
  }

  start() {
    this.acknowledged = false;
    this.on.state(this.tries ? "connecting again…" : "connecting…");
    this.socket = this.connect(this.url, PROTOCOL);
    this.socket.onopen = () => this.send({ type: "connection_init", payload: this.greeting() });
    this.socket.onmessage = ({ data }) => this.receive(JSON.parse(data));
    this.socket.onclose = ({ code, reason }) => this.closed(code, reason);
    this.expect(ANSWER, () => this.drop());
  }

  stop() {
    if (this.stopped) return;
    this.finish(null, null);
  }

  // Ends the wait at once: the network is back.
  hurry() {
    if (this.waiting) {
      this.waiting = false;
      clearTimeout(this.timer);
      this.start();
    }
  }

  // Browsers set no headers on a WebSocket, so `connection_init` carries them.
  greeting() {
    const authorization = this.credential();
    const payload = { ...(authorization ? { authorization } : {}), ...this.headers };
    if (this.cursor) payload.resume = this.cursor;
    return payload;
  }

  send(message) {
    this.socket.send(JSON.stringify(message));
  }

  receive(message) {
    this.listen();
    if (message.type === "connection_ack") this.subscribe();
    else if (message.type === "ping") this.pong(message.payload);
    else if (message.type === "next") this.next(message.payload);
    else if (message.type === "error") this.finish("The operation was refused.", message.payload);
    else if (message.type === "complete") this.finish("The server completed the stream.", null);
  }

  subscribe() {
    this.acknowledged = true;
    this.tries = 0;
    this.on.state(this.cursor ? "live, resumed" : "live");
    this.send({ type: "subscribe", id: "1", payload: this.request });
  }

  pong(payload) {
    if (typeof payload?.cursor === "string") this.cursor = payload.cursor;
    this.send({ type: "pong", payload });
  }

  next(payload) {
    this.on.frame(payload);
    const cursor = payload.extensions?.stream?.cursor;
    if (typeof cursor === "string") this.cursor = cursor;
  }

  listen() {
    this.expect(SILENCE, () => {
      this.send({ type: "ping" });
      this.expect(ANSWER, () => this.drop());
    });
  }

  expect(milliseconds, otherwise) {
    clearTimeout(this.timer);
    this.timer = setTimeout(otherwise, milliseconds);
  }

  drop() {
    const { socket } = this;
    this.silence(socket);
    socket.close(OURS, "no response");
    this.closed(OURS, "no response");
  }

  silence(socket) {
    socket.onopen = socket.onmessage = socket.onclose = null;
  }

  closed(code, reason) {
    clearTimeout(this.timer);
    if (this.stopped) return;
    const why = `${code}${reason ? ` ${reason}` : ""}`;
    if (code === REFUSED && !this.acknowledged) this.finish(`The credential was refused (${why}).`, null);
    else if (code !== REFUSED && !RECONNECTS.has(code)) this.finish(`The connection was closed for good (${why}).`, null);
    else this.again(why);
  }

  again(why) {
    const wait = Math.min(this.waits.longest, this.waits.first * 2 ** this.tries) * (0.5 + Math.random());
    this.tries += 1;
    this.on.note(`Connection lost (${why}). Trying again${this.cursor ? ", from the last cursor" : ""}.`);
    this.on.state(`connection lost; try ${this.tries} in ${(wait / 1000).toFixed(1)} s`);
    this.waiting = true;
    this.timer = setTimeout(() => this.hurry(), wait);
  }

  finish(text, errors) {
    this.stopped = true;
    this.waiting = false;
    clearTimeout(this.timer);
    this.silence(this.socket);
    if (this.socket.readyState === 1 && this.acknowledged && text === null) this.send({ type: "complete", id: "1" });
    this.socket.close(1000);
    this.on.end(text, errors);
  }
}
