// A stock `graphql-ws` client, told to retry for ever, with a credential of which `connectionParams` is asked at each
// attempt; tells, as JSON lines, what it sees.
import { createClient } from "graphql-ws";
import WebSocket from "ws";

const [url, query, ...credentials] = process.argv.slice(2);
const tell = (what) => console.log(JSON.stringify(what));

const client = createClient({
  url,
  webSocketImpl: WebSocket,
  connectionParams: () => ({ authorization: credentials.length > 1 ? credentials.shift() : credentials[0] }),
  retryAttempts: Infinity,
  shouldRetry: () => true,
  retryWait: () => new Promise((resolve) => setTimeout(resolve, 20)),
  on: { closed: (event) => tell({ closed: event.code }) },
});
client.subscribe(
  { query },
  {
    next: ({ data }) => tell({ next: data }),
    error: (error) => tell({ error: error.code, reason: error.reason }),
    complete: () => tell({ complete: true }),
  },
);
