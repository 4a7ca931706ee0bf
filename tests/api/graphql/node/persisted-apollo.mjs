// Apollo Client with its link for automatic persisted queries asks two queries; prints, as one JSON line, the results
// and for each request its method and whether it carried the query's text.
import { createHash } from "node:crypto";
import { ApolloClient, ApolloLink, HttpLink, InMemoryCache, gql } from "@apollo/client";
import { PersistedQueryLink } from "@apollo/client/link/persisted-queries";

const [url, method, ...queries] = process.argv.slice(2);
const requests = [];

const http = new HttpLink({
  uri: url,
  headers: { authorization: "Bearer good" },
  fetch: (address, options) => {
    const text = options.body ?? String(address);
    requests.push([options.method, /"query"|query=/.test(text)]);
    return fetch(address, options);
  },
});
const persisted = new PersistedQueryLink({
  sha256: (text) => createHash("sha256").update(text).digest("hex"),
  useGETForHashedQueries: method === "GET",
});
const client = new ApolloClient({ link: ApolloLink.from([persisted, http]), cache: new InMemoryCache() });
const results = [];
for (const query of queries) results.push((await client.query({ query: gql(query), fetchPolicy: "no-cache" })).data);
console.log(JSON.stringify({ results, requests }));
