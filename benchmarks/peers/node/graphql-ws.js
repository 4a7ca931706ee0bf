// graphql-ws on the package ws, with the publish and subscribe of graphql-yoga.
import { createServer } from 'node:http';
import { useServer } from 'graphql-ws/use/ws';
import { createPubSub, createSchema } from 'graphql-yoga';
import { WebSocketServer } from 'ws';
import { context, item, resolvers, typeDefs } from './schema.js';
import { deliver, port } from './store.js';

const pubSub = createPubSub();
const schema = createSchema({
  typeDefs,
  resolvers: {
    ...resolvers,
    Subscription: { inbox: { subscribe: (_, { account }) => pubSub.subscribe(`inbox:${account}`), resolve: (event) => event.inbox } },
  },
});
const http = createServer((_, response) => response.writeHead(404).end());
useServer({ schema, context }, new WebSocketServer({ server: http, path: '/graphql', perMessageDeflate: false }));
http.listen(port, '127.0.0.1', 2048);
await deliver((event) => pubSub.publish(`inbox:${event.account}`, item(event)));
