// Example operations, in the order in which a newcomer would run them. `seen` is the last conversation that a result
// showed, so that the next example is about it.

const CONVERSATION = `    id
    status
    displayName
    firstQuestion
    messageCount
    streamCursor
    controller { kind epoch }`;

const account = {
  title: "Who am I? · any key",
  operation: `query WhoAmI {
  me { id name role }
  account { id name timeZone agentName agentLive channels }
}
`,
};

const start = {
  title: "Start a conversation · publishable key",
  operation: `mutation StartConversation($input: StartConversationInput!) {
  startConversation(input: $input) {
    conversation {
${CONVERSATION.replaceAll(/^/gm, "  ")}
    }
    message { sequence text sentAt }
    visitorToken
    errors { code message path }
  }
}
`,
  variables: () => ({ input: { channel: "WEB_CHAT", text: "Hello, where is my order?", visitor: { name: "Ada" } } }),
};

const watch = {
  title: "Watch it, live · visitor token, agent or staff key",
  operation: `subscription Watch($id: ID!, $after: Cursor) {
  conversation(id: $id, after: $after) {
    __typename
    ... on MessageAdded { message { sequence author { kind name } text sentAt } }
    ... on ConversationChanged { conversation { status messageCount closedAt } }
    ... on StreamReady { resumed }
    ... on StreamReset { reason }
  }
}
`,
  variables: (seen) => ({ id: seen.id, after: seen.streamCursor ?? null }),
};

const say = {
  title: "Write as the shopper · visitor token",
  operation: `mutation SendMessage($input: SendMessageInput!) {
  sendMessage(input: $input) {
    message { id sequence text sentAt }
    errors { code message path }
  }
}
`,
  variables: (seen) => ({ input: { conversationId: seen.id, text: "It was due on Monday." } }),
};

const reply = {
  title: "Answer as the AI agent · agent key",
  operation: `mutation PostAgentMessage($input: PostAgentMessageInput!) {
  postAgentMessage(input: $input) {
    message { id sequence text sentAt }
    errors { code message path }
  }
}
`,
  variables: (seen) => ({
    input: { conversationId: seen.id, epoch: seen.controller?.epoch ?? 1, text: "It is on its way.", tags: ["shipping"] },
  }),
};

const list = {
  title: "List conversations · agent or staff key",
  operation: `query Conversations($first: Int = 25, $after: String) {
  conversations(first: $first, after: $after) {
    totalCount
    pageInfo { hasNextPage endCursor }
    nodes {
${CONVERSATION.replaceAll(/^/gm, "  ")}
      tags
      lastMessageAt
    }
  }
}
`,
  variables: () => ({ first: 10 }),
};

const thread = {
  title: "Read a thread · visitor token, agent or staff key",
  operation: `query Thread($id: ID!) {
  conversation(id: $id) {
${CONVERSATION}
    messages(first: 100) { nodes { sequence kind author { kind name } text sentAt } }
  }
}
`,
  variables: (seen) => ({ id: seen.id }),
};

const events = {
  title: "Follow the business events, live · staff key",
  operation: `subscription Events($after: Cursor) {
  events(after: $after) {
    __typename
    ... on EventHappened { event { type name at channel conversation { id firstQuestion } } }
  }
}
`,
  variables: () => ({ after: null }),
};

export const EXAMPLES = [account, start, watch, say, reply, list, thread, events];

const NONE_SEEN = { id: "the id of a conversation" };

export function variablesOf(example, seen) {
  return example.variables ? JSON.stringify(example.variables(seen ?? NONE_SEEN), null, 2) : "";
}

// Returns the first conversation in the data of a result, or null.
export function conversationIn(value) {
  if (value === null || typeof value !== "object") return null;
  if (typeof value.id === "string" && typeof value.streamCursor === "string") return value;
  for (const inner of Object.values(value)) {
    const found = conversationIn(inner);
    if (found) return found;
  }
  return null;
}
