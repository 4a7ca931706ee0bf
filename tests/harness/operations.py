"""The GraphQL operations of tests. Selections are derived from the schema, so that new fields are included."""

from __future__ import annotations

from graphql import (
    GraphQLInterfaceType,
    GraphQLObjectType,
    get_named_type,
    is_leaf_type,
    is_required_argument,
)

from resolvers.schema import schema

_SCHEMA = schema._schema
_DEPTH = 3  # a conversation's message's author's staff


def selection(type_name: str, *, depth: int = _DEPTH, left_out: frozenset[str] = frozenset()) -> str:
    """All fields of a type, nested, except paginated lists, connected accounts, and back references."""
    owner = _SCHEMA.type_map[type_name]
    assert isinstance(owner, GraphQLObjectType | GraphQLInterfaceType)
    parts = []
    for name, field in owner.fields.items():
        inner = get_named_type(field.type)
        if name in left_out or any(is_required_argument(argument) for argument in field.args.values()):
            continue
        if is_leaf_type(inner):
            parts.append(name)
        elif depth and isinstance(inner, GraphQLObjectType) and not _is_page_or_back(inner):
            parts.append(f"{name} {selection(inner.name, depth=depth - 1)}")
    return "{ " + " ".join(parts) + " }"


def _is_page_or_back(inner: GraphQLObjectType) -> bool:
    return inner.name == "Conversation" or inner.name.endswith(("Account", "Connection"))


_APART = frozenset({"lastMessage", "lastSpoken", "drafts"})  # drafts emit no events
_FRAGMENTS = {  # each is validated once per document
    "Whole": f"fragment Whole on Conversation {selection('Conversation', left_out=_APART)}",
    "Told": f"fragment Told on Message {selection('Message')}",
    "Settings": f"fragment Settings on Account {selection('Account')}",
}
_CONVERSATION = "{ ...Whole lastMessage { ...Told } }"
_FRAGMENTS["Listed"] = f"fragment Listed on Ticket {selection('Ticket')[:-1]} conversation {_CONVERSATION} }}"
_MESSAGE = "{ ...Told }"
ERRORS = (
    "errors { __typename code message path ... on NotInControl { controller { kind epoch since staff { name } } } "
    "... on NotYourTurn { turn { epoch lease { number until } } } "
    "... on StaleView { unseen { sequence text } } ... on HelpdeskNotConnected { helpdesk } }"
)
_ON_TICKET = f"ticket {{ ...Listed }} conversation {_CONVERSATION}"
_ON_HANDOFF = f"handoff {selection('Handoff')} conversation {_CONVERSATION}"

_ENDPOINT = selection("WebhookEndpoint")


def _complete(document: str) -> str:
    for name, text in reversed(_FRAGMENTS.items()):  # a fragment only spreads earlier ones
        if f"...{name} " in document:
            document = f"{document} {text}"
    return document


SNAPSHOT = _complete("""query($id: ID!, $after: String) { conversation(id: $id) {
  ...Whole lastMessage { ...Told }
  messages(first: 100, after: $after) { totalCount nodes { ...Told } pageInfo { hasNextPage endCursor } }
} }""")

FOLLOW = _complete(f"""subscription($id: ID!) {{ conversation(id: $id) {{
  __typename
  ... on StreamItem {{ cursor }}
  ... on MessageAdded {{ at message {_MESSAGE} conversation {_CONVERSATION} }}
  ... on MessageRedacted {{ at message {_MESSAGE} conversation {_CONVERSATION} }}
  ... on ConversationChanged {{ at conversation {_CONVERSATION} }}
  ... on MessageDeliveryChanged {{ at messageId delivery {selection("MessageDelivery")} conversation {_CONVERSATION} }}
  ... on HandoffChanged {{ at handoff {selection("Handoff")} conversation {_CONVERSATION} }}
}} }}""")

INBOX = _complete("""query($view: InboxView!, $after: String) { inbox(view: $view, first: 100, after: $after) {
  totalCount nodes { ...Listed } pageInfo { hasNextPage endCursor } streamCursor
} }""")

FOLLOW_INBOX = _complete(f"""subscription($view: InboxView!) {{ inbox(view: $view) {{
  __typename
  ... on StreamItem {{ cursor }}
  ... on TicketAdded {{ at ticket {{ ...Listed }} }}
  ... on TicketChanged {{ at ticket {{ ...Listed }} }}
  ... on TicketRemoved {{ at ticketId }}
  ... on MessageAdded {{ at message {_MESSAGE} conversation {_CONVERSATION} }}
  ... on MessageRedacted {{ at message {_MESSAGE} conversation {_CONVERSATION} }}
}} }}""")

_PROFILE_BRIEF = "{ id verified name email phone externalId merges { at } }"
TICKET_COMMANDS = (
    "takeTicket",
    "assignTicket",
    "releaseTicket",
    "returnToAgent",
    "snoozeTicket",
    "closeTicket",
    "reopenTicket",
    "markTicketRead",
    "retryDelivery",
)
_SHARED_INPUTS = {
    **dict.fromkeys(
        (
            *("takeTicket", "releaseTicket", "returnToAgent", "closeTicket", "reopenTicket", "markTicketRead"),
            "retryDelivery",
        ),
        "TicketInput",
    ),
    "claimAgentTurn": "AgentTurnInput",
    **dict.fromkeys(("suspendStaff", "reinstateStaff"), "StaffInput"),
    **dict.fromkeys(("deleteWebhookEndpoint", "rotateWebhookSecret", "pingWebhookEndpoint"), "WebhookEndpointInput"),
}

_SESSION = "id issuer createdAt renewedAt expiresAt endedAt address client current staff { id name }"

_PAYLOADS = {
    "startConversation": f"conversation {_CONVERSATION} message {_MESSAGE} visitorToken browserToken",
    "sendMessage": f"conversation {_CONVERSATION} message {_MESSAGE}",
    "postAgentMessage": f"conversation {_CONVERSATION} message {_MESSAGE}",
    "identifyVisitor": f"conversation {_CONVERSATION}",
    "closeConversation": f"conversation {_CONVERSATION}",
    "endVisitorAccess": f"conversation {_CONVERSATION}",
    "createUpload": "attachmentId url expiresAt",
    "sendEmailConfirmation": f"conversation {_CONVERSATION} email expiresAt",
    **dict.fromkeys(("recordProductClick", "recordTouch"), "recorded"),
    **dict.fromkeys(("connectShopify", "disconnectShopify"), f"connection {selection('ShopifyAccount')}"),
    **dict.fromkeys(("recordOrder", "recordRefund"), f"sales {selection('AttributedSale')}"),
    **dict.fromkeys(("connectSignIn", "disconnectSignIn"), f"signIn {selection('SignIn')}"),
    "resetSignIn": "staff { id }",
    "signOut": f"sessions {{ {_SESSION} }}",
    "revokeSession": f"session {{ {_SESSION} }}",
    **dict.fromkeys(("setTyping", "streamAgentMessage"), "until"),
    **dict.fromkeys(("claimAgentTurn", "heartbeatAgentTurn", "releaseAgentTurn"), f"turn {selection('AgentTurn')}"),
    "updateAccount": "account { ...Settings }",
    "createKey": f"key {selection('ApiKey')} token",
    "rotateKey": f"key {selection('ApiKey')} token replaced {selection('ApiKey')}",
    **dict.fromkeys(("revokeKey", "updateKey"), f"key {selection('ApiKey')}"),
    **dict.fromkeys(("registerDocuments", "removeDocuments"), "changed total"),
    **dict.fromkeys(("createArticle", "updateArticle", "createArticleFromGap"), f"article {selection('Article')}"),
    "deleteArticle": "deletedId",
    "dismissKnowledgeGap": "dismissedId",
    **dict.fromkeys(("saveProducts", "deleteProducts"), "changed total"),
    "inviteStaff": f"staff {selection('Staff')} key {selection('ApiKey')} token",
    **dict.fromkeys(("updateStaff", "suspendStaff", "reinstateStaff"), f"staff {selection('Staff')}"),
    **dict.fromkeys(("requestHandoff", "answerHandoffOffer", "withdrawHandoff"), _ON_HANDOFF),
    **dict.fromkeys(("createWebhookEndpoint", "rotateWebhookSecret"), f"endpoint {_ENDPOINT} secret"),
    "updateIdentityKeys": f"identityKeys {selection('IdentityKeys')} created {{ keyId secret }}",
    "mergeProfiles": f"profile {_PROFILE_BRIEF}",
    "exportProfile": "url expiresAt",
    "setLegalHold": f"conversation {_CONVERSATION}",
    "updateRetention": f"retention {selection('Retention')}",
    "redactMessage": f"message {_MESSAGE}",
    "eraseProfile": f"erasure {selection('Erasure')}",
    "splitProfile": f"profile {_PROFILE_BRIEF} remaining {_PROFILE_BRIEF}",
    "updateWebhookEndpoint": f"endpoint {_ENDPOINT}",
    "deleteWebhookEndpoint": "deletedId",
    "pingWebhookEndpoint": "httpStatus milliseconds error",
    "redeliverEvents": f"forwarding {selection('Forwarding')}",
    "retryDeadLetter": "delivered httpStatus error",
    **dict.fromkeys(("connectKlaviyo", "disconnectKlaviyo"), f"connection {selection('KlaviyoAccount')}"),
    **dict.fromkeys(("connectModel", "disconnectModel"), f"connection {selection('ConnectedModel')}"),
    "updateGuidance": f"guidance {selection('Guidance')}",
    "updateAgentSettings": f"agentSettings {selection('AgentSettings')}",
    "updateHandoffSettings": f"handoffSettings {selection('HandoffSettings')}",
    **dict.fromkeys(("replyToConversation", "addNote"), f"conversation {_CONVERSATION} message {_MESSAGE}"),
    **dict.fromkeys(TICKET_COMMANDS, _ON_TICKET),
    **dict.fromkeys(("connectChannel", "disconnectChannel"), f"connection {selection('ChannelAccount')}"),
    **dict.fromkeys(("connectHelpdesk", "disconnectHelpdesk"), f"connection {selection('HelpdeskAccount')}"),
    "retryOutgoing": f"outgoing {selection('Outgoing')}",
    "takeIn": "conversation { id }",
    "setAvailability": "staff { id name email role availability }",
    "setTicketMails": "staff { id ticketMails digestEvery }",
}


_BRIEF = {
    "startConversation": "conversation { id } message { id sequence } visitorToken",
    "sendMessage": "message { id sequence }",
    "postAgentMessage": "message { id sequence }",
    "identifyVisitor": "conversation { id }",
    "closeConversation": "conversation { id }",
}


def mutation(name: str, *, brief: bool = False) -> str:
    selected = (_BRIEF if brief else _PAYLOADS)[name]
    return _complete(f"mutation($input: {_input_type(name)}!) {{ {name}(input: $input) {{ {selected} {ERRORS} }} }}")


def bare_mutation(name: str) -> str:
    """A mutation that selects only `errors`, for thousands of commands."""
    return f"mutation($input: {_input_type(name)}!) {{ {name}(input: $input) {{ {ERRORS} }} }}"


def _input_type(name: str) -> str:
    return _SHARED_INPUTS.get(name, name[0].upper() + name[1:] + "Input")
