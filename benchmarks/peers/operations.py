"""The operations that every server is asked for. All servers get the same documents; only the cursors differ."""

PAGE = """query Page($first: Int, $after: String) {
  conversations(first: $first, after: $after) {
    nodes {
      id channel status displayName firstQuestion startedAt lastMessageAt closedAt messageCount
      initialSkill finalSkill identityVerified version tags
      profile { id displayName name email phone }
      handoffs { id state requestedAt }
    }
    pageInfo { hasNextPage }
  }
}"""

CONVERSATION = """query Single($id: ID!) {
  conversation(id: $id) {
    id status displayName startedAt lastMessageAt messageCount
    profile { id displayName name email phone }
    messages(first: 20) {
      nodes { id sequence kind text sentAt author { kind name } }
      pageInfo { hasNextPage }
    }
  }
}"""

METRICS = """query Report($range: DateRangeInput!) {
  metrics(range: $range) {
    totalVolume { count } open { count rate } resolvedByAi { count rate } notResolvedByAi { count rate }
    closed { count rate }
  }
}"""

SEND = """mutation Send($input: SendMessageInput!) {
  sendMessage(input: $input) { message { id sequence } errors { message } }
}"""

_ITEM = """message { id sequence kind text sentAt author { kind name } }
    conversation { id status displayName lastMessageAt messageCount profile { id displayName email phone } }"""

INBOX = f"""subscription Inbox($after: Cursor) {{
  inbox(after: $after) {{ __typename ... on MessageAdded {{ cursor {_ITEM} }} ... on StreamCaughtUp {{ cursor }} }}
}}"""

# The peers have no streams of several types: their subscription names the account, and each item is a message.
PEER_INBOX = f"""subscription Inbox($account: ID!) {{
  inbox(account: $account) {{
    {_ITEM}
  }}
}}"""

CURSORS = """query ($after: String) {
  conversations(first: 100, after: $after) {
    edges { cursor node { id startedAt messageCount } } pageInfo { endCursor hasNextPage } } }"""

START = """mutation ($input: StartConversationInput!) {
  startConversation(input: $input) { conversation { id } visitorToken errors { message } } }"""

REQUEST_HANDOFF = """mutation ($input: RequestHandoffInput!) {
  requestHandoff(input: $input) { handoff { id } errors { message } } }"""

ACCEPT_HANDOFF = """mutation ($input: AnswerHandoffOfferInput!) {
  answerHandoffOffer(input: $input) { handoff { state } errors { message } } }"""
