// Queries and mutations: GraphQL over HTTP.

export function bearer(credential) {
  const bare = credential.trim().replace(/^bearer\s+/i, "");
  return bare ? `Bearer ${bare}` : null;
}

// Answers {result, status, milliseconds, bytes}; throws an Error that says what to do, or AbortError on `signal`.
export async function post(url, request, { credential, signal }) {
  const headers = {
    "content-type": "application/json",
    accept: "application/graphql-response+json, application/json;q=0.9",
  };
  const authorization = bearer(credential);
  if (authorization) headers.authorization = authorization;
  const started = performance.now();
  const response = await reach(url, { method: "POST", headers, body: JSON.stringify(request), signal });
  const text = await response.text();
  const milliseconds = Math.round(performance.now() - started);
  try {
    return { result: JSON.parse(text), status: response.status, milliseconds, bytes: text.length };
  } catch {
    throw new Error(`The server answered ${response.status} without JSON: ${text.slice(0, 200) || "nothing at all"}`);
  }
}

async function reach(url, init) {
  try {
    return await fetch(url, { ...init, credentials: "omit", cache: "no-store", redirect: "error" });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Error("The server cannot be reached. Is it running?");
  }
}
