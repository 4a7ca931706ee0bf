// The extra headers of a request, written as a JSON object.

// Returns {name: value}, with names in lower case. Throws an Error that says what is wrong.
export function requestHeaders(text) {
  if (!text.trim()) return {};
  const value = parsed(text);
  const pairs = Object.entries(value).map(([name, each]) => [name.toLowerCase(), each]);
  for (const [name, each] of pairs) {
    if (typeof each !== "string") throw new Error(`The header ${name} must be a string.`);
    check(name, each);
  }
  return Object.fromEntries(pairs);
}

function parsed(text) {
  let value;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Error(`The headers are not valid JSON: ${error.message}`);
  }
  if (value === null || typeof value !== "object" || Array.isArray(value)) {
    throw new Error('The headers must be a JSON object, such as {"x-request-id": "1"}.');
  }
  return value;
}

function check(name, value) {
  try {
    new Headers([[name, value]]);
  } catch {
    throw new Error(`“${name}: ${value}” is not a valid header.`);
  }
}
