// mercurius on Fastify, as its documentation shows it. With a third argument `jit`, its compiler is on.
import Fastify from 'fastify';
import mercurius from 'mercurius';
import { context, item, resolvers, typeDefs } from './schema.js';
import { deliver, port } from './store.js';

const app = Fastify();
await app.register(mercurius, {
  schema: typeDefs,
  resolvers: {
    ...resolvers,
    Subscription: { inbox: { subscribe: (_, { account }, { pubsub }) => pubsub.subscribe(`inbox:${account}`) } },
  },
  context,
  jit: process.argv[4] === 'jit' ? 1 : 0,
  subscription: true,
});
await app.listen({ port, host: '127.0.0.1', backlog: 2048 });
await deliver((event) => app.graphql.pubsub.publish({ topic: `inbox:${event.account}`, payload: item(event) }));
