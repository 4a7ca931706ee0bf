// Runs the audits of `graphql-http` against the given URL; prints [{id, status, reason}] as JSON.
import { auditServer } from "graphql-http";

const [url] = process.argv.slice(2);
const results = await auditServer({ url });
console.log(JSON.stringify(results.map(({ id, status, reason }) => ({ id, status, reason }))));
