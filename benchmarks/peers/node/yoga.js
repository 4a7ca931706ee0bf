// graphql-yoga on Node's own HTTP server, as its documentation shows it.
import { createServer } from 'node:http';
import { createSchema, createYoga } from 'graphql-yoga';
import { context, resolvers, typeDefs } from './schema.js';
import { port } from './store.js';

const yoga = createYoga({ schema: createSchema({ typeDefs, resolvers }), context, graphiql: false, logging: false });
createServer(yoga).listen(port, '127.0.0.1');
