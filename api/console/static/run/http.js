// Queries and mutations: GraphQL over HTTP.

import { bareCredential } from "../tabs/storage.js";

export function bearer(credential) {
  const bare = bareCredential(credential);
  return bare ? `Bearer ${bare}` : null;
}

// Returns {result, status, milliseconds, characters}. Throws an Error that says what to do, or AbortError on `signal`.
export async function post(url, request, { credential, headers = {}, signal }) {
  const authorization = bearer(credential);
  const sent = {
    "content-type": "application/json",
    accept: "application/graphql-response+json, application/json;q=0.9",
    ...(authorization ? { authorization } : {}),
    ...headers,
  };
  const started = performance.now();
  const response = await send(url, { method: "POST", headers: sent, body: JSON.stringify(request), signal });
  const text = await response.text();
  const milliseconds = Math.round(performance.now() - started);
  try {
    return { result: JSON.parse(text), status: response.status, milliseconds, characters: text.length };
  } catch {
    throw new Error(`The server returned ${response.status} without JSON: ${text.slice(0, 200) || "an empty body"}`);
  }
}

async function send(url, init) {
  try {
    return await fetch(url, { ...init, credentials: "omit", cache: "no-store", redirect: "error" });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Error("The server cannot be reached. Is it running?");
  }
}
