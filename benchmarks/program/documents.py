"""The GraphQL operations of the benchmarks."""

START = """mutation ($input: StartConversationInput!) {
  startConversation(input: $input) { conversation { id } visitorToken errors { message } }
}"""
SEND = """mutation ($input: SendMessageInput!) {
  sendMessage(input: $input) { message { id sequence } errors { message } }
}"""
FOLLOW = """subscription ($id: ID!) {
  conversation(id: $id) {
    __typename
    ... on MessageAdded { cursor message { id sequence text sentAt author { kind name } } conversation { status } }
    ... on ConversationChanged { cursor conversation { status closedAt } }
  }
}"""
