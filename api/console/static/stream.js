// Subscriptions: graphql-transport-ws. A connection that is lost is made again, and the stream goes on at the cursor of
// the last frame (`extensions.stream.cursor`, moved on by the server's pings), which `connection_init` gives as `resume`.

const PROTOCOL = "graphql-transport-ws";
const FIRST_WAIT = 500; // ms; doubled each time, with jitter, so that many pages do not come back in one moment
const LONGEST_WAIT = 15_000;
const SILENCE = 45_000; // ms without a word (the server pings about every 25 s) until we ask
const ANSWER = 10_000; // ms for an answer to that, and for the acknowledgement
const REFUSED = 4403;
const OURS = 4499; // our own close, of a connection that gave no answer
const COMES_BACK = new Set([1000, 1001, 1005, 1006, 1012, 1013, 1014, 4408, OURS]);

export class Stream {
  // on: {frame(payload), state(text), note(text), end(text | null, errors | null)}
  constructor({ url, request, connect, credential, on, waits = { first: FIRST_WAIT, longest: LONGEST_WAIT } }) {
    Object.assign(this, { url, request, connect, credential, on, waits });
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

  // The network is back: no need to sit out the wait.
  hurry() {
    if (this.waiting) {
      this.waiting = false;
      clearTimeout(this.timer);
      this.start();
    }
  }

  greeting() {
    const payload = {};
    const authorization = this.credential();
    if (authorization) payload.authorization = authorization;
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
    socket.close(OURS, "no answer");
    this.closed(OURS, "no answer");
  }

  silence(socket) {
    socket.onopen = socket.onmessage = socket.onclose = null;
  }

  closed(code, reason) {
    clearTimeout(this.timer);
    if (this.stopped) return;
    const why = `${code}${reason ? ` ${reason}` : ""}`;
    if (code === REFUSED && !this.acknowledged) this.finish(`The credential was refused (${why}).`, null);
    else if (code !== REFUSED && !COMES_BACK.has(code)) this.finish(`The connection was closed for good (${why}).`, null);
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
