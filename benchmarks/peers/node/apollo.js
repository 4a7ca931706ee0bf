// Apollo Server, standalone, as its documentation shows it.
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { context, resolvers, typeDefs } from './schema.js';
import { port } from './store.js';

const server = new ApolloServer({ typeDefs, resolvers });
await startStandaloneServer(server, { listen: { port, host: '127.0.0.1' }, context: async () => context() });
