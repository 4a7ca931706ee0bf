// The request that a tab's texts make.

import { operations } from "../editor/operations.js";
import { requestHeaders } from "../run/headers.js";

// Returns {picked, request, headers}; `picked` is the operation under the cursor, or else the one of the given name, or
// else the first. Throws an Error that says what is missing or wrong.
export function requestOf({ operation, variables, headers }, { cursor, name }) {
  const all = operations(operation);
  const here = cursor === null ? null : all.find(({ start, end }) => start <= cursor && cursor <= end);
  const picked = here ?? all.find((each) => each.name === name) ?? all[0];
  if (!picked) throw new Error("Write an operation first, or choose an example.");
  const request = { query: operation, variables: parsed(variables), operationName: picked.name ?? undefined };
  return { picked, request, headers: requestHeaders(headers) };
}

function parsed(variables) {
  if (!variables.trim()) return undefined;
  let value;
  try {
    value = JSON.parse(variables);
  } catch (error) {
    throw new Error(`The variables are not valid JSON: ${error.message}`);
  }
  if (value === null || typeof value !== "object" || Array.isArray(value)) {
    throw new Error("The variables must be a JSON object.");
  }
  return value;
}
