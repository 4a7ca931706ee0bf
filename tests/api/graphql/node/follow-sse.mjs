// A stock `graphql-sse` client that follows one subscription and tells, as JSON lines, what it sees.
import { createClient } from "graphql-sse";

const [url, query] = process.argv.slice(2);
const tell = (what) => console.log(JSON.stringify(what));

const client = createClient({
  url,
  headers: { authorization: "Bearer good" },
  onMessage: ({ event, data }) => tell({ event, data }),
});
client.subscribe(
  { query },
  {
    next: ({ data }) => tell({ next: data.ticks.text }),
    error: (error) => tell({ error: String(error) }),
    complete: () => tell({ complete: true }),
  },
);
