// urql with its exchange for automatic persisted queries runs one operation over the transport given (POST, GET, SSE or
// WebSocket); prints the first result as one JSON line.
import { Client, fetchExchange, subscriptionExchange } from "@urql/core";
import { persistedExchange } from "@urql/exchange-persisted";
import { createClient } from "graphql-ws";
import WebSocket from "ws";

const [url, transport, query] = process.argv.slice(2);
const persisted = persistedExchange({
  preferGetForPersistedQueries: transport === "GET",
  enableForSubscriptions: true,
});

function overWebSocket() {
  const socket = createClient({
    url: url.replace("http", "ws"),
    webSocketImpl: WebSocket,
    connectionParams: { authorization: "Bearer good" },
  });
  return subscriptionExchange({
    enableAllOperations: true,
    forwardSubscription: (request) => ({
      subscribe: (sink) => ({ unsubscribe: socket.subscribe({ ...request, query: request.query ?? "" }, sink) }),
    }),
  });
}

const client = new Client({
  url,
  exchanges: [persisted, transport === "WebSocket" ? overWebSocket() : fetchExchange],
  fetchOptions: { headers: { authorization: "Bearer good" } },
  fetchSubscriptions: transport === "SSE",
});
const operation = query.startsWith("subscription") ? client.subscription(query, {}) : client.query(query, {});
const { unsubscribe } = operation.subscribe(({ data, error }) => {
  console.log(JSON.stringify({ data, error: error && String(error) }));
  setTimeout(() => process.exit(0));
});
