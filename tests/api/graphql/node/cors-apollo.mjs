// Apollo Client in a page of another origin (happy-dom does a browser's preflight and checks it), with the headers that
// tracing and client names add; prints the result, or the error, as one JSON line.
import { ApolloClient, HttpLink, InMemoryCache, gql } from "@apollo/client";
import { Window } from "happy-dom";

const [url, query] = process.argv.slice(2);
const page = new Window({ url: "http://shop.example/" });
const client = new ApolloClient({
  link: new HttpLink({
    uri: url,
    fetch: (address, { method, headers, body }) => page.fetch(address, { method, headers, body }),
    headers: {
      authorization: "Bearer good",
      traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
      tracestate: "shop=1",
      baggage: "sentry-environment=production",
      "sentry-trace": "0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-1",
      "x-datadog-trace-id": "1",
      "x-requested-with": "XMLHttpRequest",
    },
  }),
  clientAwareness: { name: "shop", version: "1.0" },
  cache: new InMemoryCache(),
});
const told = await client.query({ query: gql(query) }).then(
  ({ data }) => ({ data }),
  (error) => ({ error: String(error) }),
);
console.log(JSON.stringify(told));
await page.happyDOM.close();
