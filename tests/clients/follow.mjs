// The client of clients/typescript: sends a message although every response is lost at first, follows a conversation, and
// tells, as JSON lines, what it sees.
import WebSocket from "ws";
import { Baton, BatonError, ConversationDocument, FollowConversationDocument, SendMessageDocument } from "baton-client";

const { direct, relayed, agent, visitor, id, after } = JSON.parse(process.argv[2]);
const tell = (what) => console.log(JSON.stringify(what));
const { fetch } = globalThis;
let requests = 0;
globalThis.fetch = async (...given) => {
  const response = await fetch(...given); // the server has carried it out
  if (requests++ % 2 === 0) throw new TypeError("the connection broke");
  return response;
};

const shopper = new Baton({ url: direct, token: visitor, webSocket: WebSocket });
const { sendMessage } = await shopper.request(SendMessageDocument, { input: { conversationId: id, text: "once" } });
const { conversation } = await shopper.request(ConversationDocument, { id });
tell({ sent: sendMessage.message.sequence, all: conversation.messages.nodes.map(({ text }) => text) });
await shopper.close();

const stranger = new Baton({ url: direct, token: async () => "bsk_mistyped", webSocket: WebSocket });
const refused = await stranger.subscribe(FollowConversationDocument, { id }).next().catch((error) => error);
tell({ refused: refused instanceof BatonError && refused.code });
await stranger.close();

const lonely = new Baton({ url: "http://127.0.0.1:9", token: agent, webSocket: WebSocket }); // nobody listens there
const unheard = lonely.subscribe(FollowConversationDocument, { id }).next().catch(() => {});
await new Promise((resolve) => setTimeout(resolve, 300));
await lonely.close(); // also while a connection is being made
await unheard;

const follower = new Baton({ url: relayed, token: agent, webSocket: WebSocket });
for await (const { conversation: item } of follower.subscribe(FollowConversationDocument, { id, after })) {
  tell({ type: item.__typename, sequence: item.message?.sequence });
}
