"""A call for every field of the schema that takes an id, a cursor or a credential.

The tenancy test reads the fields from the schema. A new field that could name an object of another account has no entry
here, and fails the test until it has one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    get_named_type,
)

from resolvers.relay.global_ids import to_global_id
from resolvers.schema import schema
from tests.harness.operations import mutation

_SCHEMA = schema._schema
Ids = dict[str, str]  # ids by kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    document: str
    variables: dict[str, Any]
    key: str = "owner"  # the caller's credential that may call the field


def places() -> Iterator[str]:
    """Every argument and input field that takes an ID, a Cursor, or a page's cursor, as `Type.field(argument.path)`."""
    for owner in _SCHEMA.type_map.values():
        if isinstance(owner, GraphQLObjectType | GraphQLInterfaceType) and not owner.name.startswith("__"):
            for name, field in owner.fields.items():
                for argument, path in _paths(field.args):
                    yield f"{owner.name}.{name}({argument}{path})"


def _paths(arguments: dict[str, GraphQLArgument]) -> Iterator[tuple[str, str]]:
    for name, argument in arguments.items():
        for path in _holders(name, argument.type, frozenset()):
            yield name, path


def _holders(name: str, given: Any, seen: frozenset[str]) -> Iterator[str]:
    inner = get_named_type(given)
    if inner.name in ("ID", "Cursor") or (inner.name == "String" and name in ("after", "before")):
        yield ""
    if isinstance(inner, GraphQLInputObjectType) and inner.name not in seen:
        for child, field in inner.fields.items():
            for path in _holders(child, field.type, seen | {inner.name}):
                yield f".{child}{path}"


Calls = Callable[[Ids, Ids], list[Call]]
PAGE = "nodes { id } pageInfo { endCursor } totalCount"
REPLAYED = 'range: {preset: TODAY}, rules: [{title: "A", conditions: {shopperMessages: 1}}]'

# Values that callers choose freely. They cannot name an object of another account.
FREE = {
    "Mutation.startConversation(input.idempotencyKey)",
    "Mutation.createWebhookEndpoint(input.idempotencyKey)",
    "Mutation.updateIdentityKeys(input.idempotencyKey)",
    "Mutation.sendMessage(input.idempotencyKey)",
    "Mutation.identifyVisitor(input.idempotencyKey)",
    "Mutation.closeConversation(input.idempotencyKey)",
    "Mutation.endVisitorAccess(input.idempotencyKey)",
    "Mutation.sendEmailConfirmation(input.idempotencyKey)",
    "Mutation.createUpload(input.idempotencyKey)",
    "Mutation.recordProductClick(input.idempotencyKey)",
    "Mutation.recordProductClick(input.productId)",
    "Mutation.recordTouch(input.idempotencyKey)",
    "Mutation.recordOrder(input.productIds)",
    "Mutation.postAgentMessage(input.idempotencyKey)",
    "Mutation.postAgentMessage(input.products.productId)",
    "Mutation.createArticle(input.idempotencyKey)",
    "Mutation.createArticleFromGap(input.idempotencyKey)",
    # The shop's own ids, of the caller's account only.
    "Mutation.saveProducts(input.products.productId)",
    "Mutation.saveProducts(input.products.variants.variantId)",
    "Mutation.deleteProducts(input.productIds)",
    # Compared with the account's own entries: tests/resolvers/audit calls them with the ids of another account.
    "Query.auditLog(filter.actor)",
    "Query.auditLog(filter.target)",
    "Query.inbox(filter.assigneeId)",  # compared with the account's own tickets: another's member has none
    *(
        f"Mutation.{name}(input.idempotencyKey)"
        for name in (
            *("requestHandoff", "answerHandoffOffer", "withdrawHandoff", "takeTicket", "assignTicket", "releaseTicket"),
            *("returnToAgent", "replyToConversation", "addNote", "snoozeTicket", "closeTicket", "reopenTicket"),
            *("markTicketRead", "retryDelivery", "retryOutgoing", "mergeProfiles", "splitProfile"),
            *("eraseProfile", "redactMessage", "setLegalHold"),
            *("takeIn", "claimAgentTurn"),
            *("createKey", "rotateKey", "inviteStaff"),
        )
    ),
}


def _commands(name: str, place: str, kind: str, keys: tuple[str, ...], **given: Any) -> dict[str, Calls]:
    """A mutation with another account's id at this place of its input."""

    def calls(theirs: Ids, _: Ids) -> list[Call]:
        variables = {"input": {**given, place: theirs[kind]}}
        return [Call(document=mutation(name), variables=variables, key=key) for key in keys]

    return {f"Mutation.{name}(input.{place})": calls}


def _with_their_file(name: str, key: str, **given: Any) -> Calls:
    """A message in the own conversation, or in a new one, with another account's attachment."""

    def calls(theirs: Ids, ours: Ids) -> list[Call]:
        place = {} if name == "startConversation" else {"conversationId": ours["Conversation"]}
        sent = {**place, "text": "Hi", "attachments": [theirs["Attachment"]], **given}
        return [Call(document=mutation(name), variables={"input": sent}, key=key)]

    return calls


_WORKERS = ("owner", "support")

# Calls with the ids of one account and the credentials of another.
CALLS: dict[str, Callable[[Ids, Ids], list[Call]]] = {
    "Query.node(id)": lambda theirs, _: [
        Call(document="query($id: ID!) { node(id: $id) { __typename id } }", variables={"id": key}, key=credential)
        for kind, key in theirs.items()
        if "ursor" not in kind
        for credential in ("owner", "agent", "analyst", "shopper")
    ],
    "Query.nodes(ids)": lambda theirs, _: [
        Call(
            document="query($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }",
            variables={"ids": [key for kind, key in theirs.items() if "ursor" not in kind]},
        )
    ],
    "Query.conversation(id)": lambda theirs, _: [
        Call(
            document=f"query($id: ID!) {{ conversation(id: $id) {{ id messages {{ {PAGE} }} }} }}",
            variables={"id": theirs["Conversation"]},
            key=credential,
        )
        for credential in ("owner", "agent", "shopper", "conversations:read")
    ],
    "Query.conversations(filter.profileId)": lambda theirs, _: [
        Call(
            document=f"query($id: ID!) {{ conversations(filter: {{profileId: $id}}) {{ {PAGE} }} }}",
            variables={"id": theirs["Profile"]},
        )
    ],
    **{
        f"Query.conversations({name})": lambda theirs, _, name=name: [  # type: ignore[misc]
            Call(
                document=f"query($at: String) {{ conversations({name}: $at) {{ {PAGE} }} }}",
                variables={"at": theirs["conversationsCursor"]},
            )
        ]
        for name in ("after", "before")
    },
    **{
        f"Query.testConversations({name})": lambda theirs, _, name=name: [  # type: ignore[misc]
            Call(
                document=f"query($at: String) {{ testConversations({name}: $at) {{ {PAGE} }} }}",
                variables={"at": theirs["conversationsCursor"]},
            )
        ]
        for name in ("after", "before")
    },
    **{
        f"Conversation.messages({name})": lambda theirs, ours, name=name: [  # type: ignore[misc]
            Call(
                document="query($id: ID!, $at: String) { conversation(id: $id) { "
                f"messages({name}: $at) {{ {PAGE} }} }} }}",
                variables={"id": ours["Conversation"], "at": theirs["messagesCursor"]},
            )
        ]
        for name in ("after", "before")
    },
    "Outcome.conversations(after)": lambda theirs, _: [
        Call(
            document="query($at: String) { metrics(range: {preset: TODAY}) { totalVolume { conversations(after: $at) { "
            f"{PAGE} }} }} }} }}",
            variables={"at": theirs["conversationsCursor"]},
        )
    ],
    "Metrics.sales(after)": lambda theirs, _: [
        Call(
            document=f"query($at: String) {{ metrics(range: {{preset: TODAY}}) {{ sales(after: $at) {{ {PAGE} }} }} }}",
            variables={"at": theirs["salesCursor"]},
        )
    ],
    "Query.ruleReplay(input.after)": lambda theirs, _: [
        Call(
            document=f"query($at: String) {{ ruleReplay(input: {{{REPLAYED}, after: $at}}) {{ hasNextPage }} }}",
            variables={"at": theirs["conversationsCursor"]},
        )
    ],
    "ReplayCount.conversations(after)": lambda theirs, _: [
        Call(
            document=f"query($at: String) {{ ruleReplay(input: {{{REPLAYED}}}) {{ total {{ conversations {{ "
            f"conversations(after: $at) {{ {PAGE} }} }} }} }} }}",
            variables={"at": theirs["conversationsCursor"]},
        )
    ],
    "Profile.conversations(after)": lambda theirs, ours: [
        Call(
            document="query($id: ID!, $at: String) { node(id: $id) { ... on Profile { conversations(after: $at) { "
            f"{PAGE} }} }} }} }}",
            variables={"id": ours["Profile"], "at": theirs["conversationsCursor"]},
        )
    ],
    **_commands("mergeProfiles", "profileId", "Profile", ("owner",), intoProfileId=to_global_id("Profile", "0" * 26)),
    "Mutation.mergeProfiles(input.intoProfileId)": lambda theirs, ours: [
        Call(
            document=mutation("mergeProfiles"),
            variables={"input": {"profileId": ours["Profile"], "intoProfileId": theirs["Profile"]}},
        )
    ],
    **_commands("splitProfile", "profileId", "Profile", ("owner",)),
    **_commands("eraseProfile", "profileId", "Profile", ("owner",)),
    **_commands("setLegalHold", "conversationId", "Conversation", ("owner",), held=True, reason="Case 1"),
    **_commands("exportProfile", "profileId", "Profile", ("owner",)),
    **_commands("redactMessage", "messageId", "Message", ("owner",)),
    "Mutation.sendMessage(input.conversationId)": lambda theirs, _: [
        Call(
            document=mutation("sendMessage"),
            variables={"input": {"conversationId": theirs["Conversation"], "text": "Hi"}},
            key="shopper",
        )
    ],
    "Mutation.identifyVisitor(input.conversationId)": lambda theirs, _: [
        Call(
            document=mutation("identifyVisitor"),
            variables={"input": {"conversationId": theirs["Conversation"], "name": "Eve"}},
            key="shopper",
        )
    ],
    "Mutation.closeConversation(input.conversationId)": lambda theirs, _: [
        Call(
            document=mutation("closeConversation"),
            variables={"input": {"conversationId": theirs["Conversation"]}},
            key=credential,
        )
        for credential in ("owner", "support", "shopper")
    ],
    "Mutation.endVisitorAccess(input.conversationId)": lambda theirs, _: [
        Call(
            document=mutation("endVisitorAccess"),
            variables={"input": {"conversationId": theirs["Conversation"]}},
            key=credential,
        )
        for credential in ("owner", "shopper")
    ],
    "Mutation.sendEmailConfirmation(input.conversationId)": lambda theirs, _: [
        Call(
            document=mutation("sendEmailConfirmation"),
            variables={"input": {"conversationId": theirs["Conversation"]}},
            key=credential,
        )
        for credential in ("owner", "shopper")
    ],
    "Mutation.recordProductClick(input.messageId)": lambda theirs, _: [
        Call(
            document=mutation("recordProductClick"),
            variables={"input": {"messageId": theirs["Message"], "productId": "p1"}},
            key="shopper",
        )
    ],
    "Mutation.postAgentMessage(input.conversationId)": lambda theirs, _: [
        Call(
            document=mutation("postAgentMessage"),
            variables={"input": {"conversationId": theirs["Conversation"], "text": "Hi", "epoch": epoch}},
            key=credential,
        )
        for credential in ("agent", "owner")
        for epoch in (0, 1, 2)
    ],
    **_commands(
        *("recordTouch", "conversationId", "Conversation", ("owner", "orders:write")),
        touch="PRODUCT_CARD_CLICK",
        at="2026-06-07T12:00:00Z",
    ),
    **_commands("requestHandoff", "conversationId", "Conversation", ("agent", "owner"), epoch=1, reason="EXPLICIT_ASK"),
    **_commands("claimAgentTurn", "conversationId", "Conversation", ("agent", "owner")),
    **_commands("heartbeatAgentTurn", "conversationId", "Conversation", ("agent", "owner"), turn=1),
    **_commands("releaseAgentTurn", "conversationId", "Conversation", ("agent", "owner"), turn=1),
    "Query.agentTurns(after)": lambda theirs, _: [
        Call(
            document="query($at: String) { agentTurns(after: $at) { nodes { conversation { id } } } }",
            variables={"at": theirs["turnsCursor"]},
        )
    ],
    **_commands("answerHandoffOffer", "handoffId", "Handoff", ("shopper",), accept=True),
    **_commands("withdrawHandoff", "handoffId", "Handoff", ("shopper",)),
    **_commands("takeTicket", "ticketId", "Ticket", _WORKERS),
    **_commands("assignTicket", "ticketId", "Ticket", _WORKERS),
    **_commands("releaseTicket", "ticketId", "Ticket", _WORKERS),
    **_commands("returnToAgent", "ticketId", "Ticket", _WORKERS),
    **_commands("closeTicket", "ticketId", "Ticket", _WORKERS),
    **_commands("reopenTicket", "ticketId", "Ticket", _WORKERS),
    **_commands("markTicketRead", "ticketId", "Ticket", _WORKERS),
    **_commands("retryDelivery", "ticketId", "Ticket", _WORKERS),
    **_commands("revokeSession", "sessionId", "Session", _WORKERS),
    **_commands("resetSignIn", "staffId", "Staff", ("owner", "admin")),
    **_commands("createKey", "staffId", "Staff", ("owner", "staff:admin")),
    **_commands("rotateKey", "keyId", "ApiKey", ("owner", "staff:admin")),
    **_commands("revokeKey", "keyId", "ApiKey", ("owner", "staff:admin")),
    **_commands("updateKey", "keyId", "ApiKey", ("owner", "staff:admin"), documents="ONLY"),
    **_commands("updateStaff", "staffId", "Staff", ("owner", "staff:admin"), role="ANALYST"),
    **_commands("suspendStaff", "staffId", "Staff", ("owner", "staff:admin")),
    **_commands("reinstateStaff", "staffId", "Staff", ("owner", "staff:admin")),
    "Account.keys(after)": lambda theirs, _: [
        Call(
            document="query($at: String) { account { keys(after: $at) { nodes { id } } } }",
            variables={"at": theirs["keysCursor"]},
        )
    ],
    **{
        f"Mutation.{name}(input.staffId)": lambda theirs, ours, name=name: [  # type: ignore[misc]
            Call(
                document=mutation(name),
                variables={"input": {"conversationId": ours["Conversation"], "staffId": theirs["Staff"], "text": "Hi"}},
                key=key,
            )
            for key in ("owner", "inbox:write")
        ]
        for name in ("replyToConversation", "addNote")
    },
    "Query.sessions(after)": lambda theirs, _: [
        Call(
            document="query($at: String) { sessions(view: ALL, after: $at) { nodes { id } } }",
            variables={"at": theirs["sessionsCursor"]},
        )
    ],
    **_commands("retryOutgoing", "outgoingId", "Outgoing", _WORKERS),
    **_commands("takeIn", "passedOverId", "PassedOver", _WORKERS),
    **_commands("updateArticle", "articleId", "Article", ("owner", "support"), title="Mine"),
    **_commands(
        *("createArticleFromGap", "gapId", "KnowledgeGap", ("owner", "support")), title="A", text="B", language="en"
    ),
    **_commands("dismissKnowledgeGap", "gapId", "KnowledgeGap", ("owner", "support")),
    **_commands("deleteArticle", "articleId", "Article", ("owner", "support")),
    **{
        f"Query.{name}(after)": lambda theirs, _, name=name, kind=kind: [  # type: ignore[misc]
            Call(
                document=f"query($at: String) {{ {name}(after: $at) {{ {PAGE} }} }}",
                variables={"at": theirs[kind]},
            )
        ]
        for name, kind in (
            *(("articles", "articlesCursor"), ("catalog", "catalogCursor")),
            ("knowledgeGaps", "gapsCursor"),
        )
    },
    "Query.passedOver(after)": lambda theirs, _: [
        Call(
            document=f"query($at: String) {{ passedOver(after: $at) {{ {PAGE} }} }}",
            variables={"at": theirs["passedOverCursor"]},
        )
    ],
    "Query.auditLog(after)": lambda theirs, _: [
        Call(
            document="query($at: String) { auditLog(after: $at) { nodes { id } } }",
            variables={"at": theirs["auditCursor"]},
        )
    ],
    "Query.outgoing(after)": lambda theirs, _: [
        Call(
            document=f"query($at: String) {{ outgoing(state: [PENDING, FAILED], after: $at) {{ {PAGE} }} }}",
            variables={"at": theirs["outgoingCursor"]},
        )
    ],
    **_commands("snoozeTicket", "ticketId", "Ticket", _WORKERS, until="2030-01-01T00:00:00Z"),
    **{
        f"Mutation.{name}(input.attachments)": _with_their_file(name, key, **given)
        for name, key, given in (
            ("startConversation", "owner", {"channel": "WEB_CHAT"}),
            ("sendMessage", "shopper", {}),
            ("postAgentMessage", "owner", {"epoch": 1}),
            ("replyToConversation", "owner", {}),
            ("addNote", "support", {}),
        )
    },
    **_commands("replyToConversation", "conversationId", "Conversation", _WORKERS, text="Hi"),
    **_commands("addNote", "conversationId", "Conversation", _WORKERS, text="Hi"),
    **_commands("streamAgentMessage", "conversationId", "Conversation", ("agent", "owner"), epoch=1, text="Hi"),
    **_commands("setTyping", "conversationId", "Conversation", ("shopper", "agent", *_WORKERS), typing=True),
    "Mutation.assignTicket(input.staffId)": lambda theirs, ours: [
        Call(
            document=mutation("assignTicket"),
            variables={"input": {"ticketId": ours["Ticket"], "staffId": theirs["Staff"]}},
        )
    ],
    **_commands("updateWebhookEndpoint", "endpointId", "WebhookEndpoint", ("owner",), enabled=False),
    **_commands("deleteWebhookEndpoint", "endpointId", "WebhookEndpoint", ("owner", "support")),
    **_commands("rotateWebhookSecret", "endpointId", "WebhookEndpoint", ("owner", "support")),
    **_commands("pingWebhookEndpoint", "endpointId", "WebhookEndpoint", ("owner", "support")),
    **_commands("retryDeadLetter", "deadLetterId", "DeadLetter", ("owner", "support")),
    "Mutation.redeliverEvents(input.forwardingId)": lambda theirs, ours: [
        Call(
            document=mutation("redeliverEvents"),
            variables={"input": {"forwardingId": theirs["Forwarding"], "after": ours["streamCursor"]}},
        )
    ],
    "Mutation.redeliverEvents(input.after)": lambda theirs, ours: [
        Call(
            document=mutation("redeliverEvents"),
            variables={"input": {"forwardingId": ours["Forwarding"], "after": theirs["streamCursor"]}},
        )
    ],
    "Mutation.createWebhookEndpoint(input.after)": lambda theirs, _: [
        Call(
            document=mutation("createWebhookEndpoint"),
            variables={
                "input": {
                    "url": "https://partner.example/",
                    "topics": ["CONVERSATION_STARTED"],
                    "after": theirs["streamCursor"],
                }
            },
        )
    ],
    "Forwarding.deadLetters(after)": lambda theirs, ours: [
        Call(
            document="query($id: ID!, $at: String) { node(id: $id) { ... on Forwarding { deadLetters(after: $at) { "
            f"{PAGE} }} }} }} }}",
            variables={"id": ours["Forwarding"], "at": theirs["deadLettersCursor"]},
        )
    ],
    **{
        f"Query.{name}(after)": lambda theirs, _, name=name: [  # type: ignore[misc]
            Call(
                document=f"query($at: String) {{ {name}(after: $at) {{ {PAGE} }} }}",
                variables={"at": theirs["ticketsCursor"]},
            )
        ]
        for name in ("inbox", "strandedTickets")
    },
    "Subscription.inbox(after)": lambda theirs, _: [
        Call(
            document="subscription($at: Cursor) { inbox(after: $at) { __typename "
            "... on StreamReady { resumed } ... on StreamReset { reason } } }",
            variables={"at": theirs["streamCursor"]},
        )
    ],
    "Subscription.agentTurns(after)": lambda theirs, _: [
        Call(
            document="subscription($at: Cursor) { agentTurns(after: $at) { __typename "
            "... on StreamReady { resumed } ... on StreamReset { reason } } }",
            variables={"at": theirs["streamCursor"]},
        )
    ],
    "Subscription.conversation(id)": lambda theirs, _: [
        Call(
            document="subscription($id: ID!) { conversation(id: $id) { __typename } }",
            variables={"id": theirs["Conversation"]},
            key=credential,
        )
        for credential in ("owner", "agent", "shopper")
    ],
    "Subscription.events(filter.profileId)": lambda theirs, _: [
        Call(
            document="subscription($id: ID!) { events(filter: {profileId: $id}) { __typename } }",
            variables={"id": theirs["Profile"]},
        )
    ],
    **{
        f"Query.events({place})": lambda theirs, _, argument=argument, kind=kind: [  # type: ignore[misc]
            Call(document=f"query($at: {argument} {PAGE} }} }}", variables={"at": theirs[kind]})
        ]
        for place, argument, kind in (
            ("after", "String) { events(after: $at) {", "eventsCursor"),
            ("filter.profileId", "ID!) { events(filter: {profileId: $at}) {", "Profile"),
        )
    },
    "Profile.events(after)": lambda theirs, ours: [
        Call(
            document="query($id: ID!, $at: String) { node(id: $id) { ... on Profile { events(after: $at) { "
            f"{PAGE} }} }} }} }}",
            variables={"id": ours["Profile"], "at": theirs["eventsCursor"]},
        )
    ],
    "Query.segment(after)": lambda theirs, _: [
        Call(
            document="query($at: String) { segment(input: {all: [{didNotBuySince: CONVERSATION_STARTED}]}, after: $at) "
            f"{{ {PAGE} }} }}",
            variables={"at": theirs["segmentCursor"]},
        )
    ],
    "Subscription.conversation(after)": lambda theirs, ours: [
        Call(
            document="subscription($id: ID!, $at: Cursor) { conversation(id: $id, after: $at) { __typename "
            "... on StreamReady { resumed } ... on StreamReset { reason } } }",
            variables={"id": ours["Conversation"], "at": theirs["streamCursor"]},
        )
    ],
    "Subscription.events(after)": lambda theirs, _: [
        Call(
            document="subscription($at: Cursor) { events(after: $at) { __typename "
            "... on StreamReady { resumed } ... on StreamReset { reason } } }",
            variables={"at": theirs["streamCursor"]},
        )
    ],
}
