// A stock `graphql-ws` client that follows one subscription and tells, as JSON lines, what it sees.
// It keeps the last cursor and hands it over as `resume` on every connect.
import { createClient } from "graphql-ws";
import WebSocket from "ws";

const [url, query] = process.argv.slice(2);
const tell = (what) => console.log(JSON.stringify(what));
let cursor;

const client = createClient({
  url,
  webSocketImpl: WebSocket,
  connectionParams: () => ({ authorization: "Bearer good", resume: cursor }),
  retryWait: () => new Promise((resolve) => setTimeout(resolve, 20)),
  on: {
    connected: () => tell({ connected: cursor ?? null }),
    closed: (event) => tell({ closed: event.code }),
    message: (message) => {
      if (message.type === "next") cursor = message.payload.extensions.stream.cursor;
    },
    ping: (received, payload) => {
      if (received && payload?.cursor) cursor = payload.cursor;
    },
  },
});
client.subscribe(
  { query },
  {
    next: ({ data }) => tell({ next: data.ticks.text }),
    error: (error) => tell({ error: String(error?.code ?? error) }),
    complete: () => tell({ complete: true }),
  },
);
