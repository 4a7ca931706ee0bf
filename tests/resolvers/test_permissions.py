"""Permissions: every kind of credential at every root field (docs/product-rules.md, section 6)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from graphql import get_named_type

from api.graphql.executor import LiveState, LiveSubscription
from resolvers.relay.global_ids import to_global_id
from resolvers.schema import schema
from tests.harness.event_consistency import ConsistencyChecker
from tests.harness.operations import bare_mutation, mutation
from tests.harness.program import Program, Shop, Started

MANAGERS = {"owner", "admin", "manager"}
ADMINS = {"owner", "admin"}
OWNERS = {"owner"}
WORKERS = MANAGERS | {"support"}
STAFF = MANAGERS | {"support", "analyst"}
CARRIERS = MANAGERS | {"conversations:write"}
STAFF_MANAGERS = MANAGERS | {"staff:admin"}
SELLERS = MANAGERS | {"orders:write"}
INBOX_READERS = WORKERS | {"inbox:read", "inbox:write"}
INBOX_WRITERS = WORKERS | {"inbox:write"}
READERS = STAFF | {"agent", "conversations:read", "inbox:read", "inbox:write"}
ACCOUNT_READERS = STAFF | {"agent", "inbox:read", "inbox:write", "staff:admin"}
KNOWLEDGE_READERS = STAFF | {"agent"}
EVENT_READERS = MANAGERS | {"analyst", "agent", "events:read"}
ALL = READERS | {
    *("widget", "shopper", "metrics:read", "events:read", "handoff:write", "orders:write"),
    *("conversations:write", "staff:admin", "audit:read"),
}


SHOP = "acme.myshopify.com"
EUR = {"amount": "1.00", "currency": "EUR"}
CONVERSATION = to_global_id("Conversation", "0" * 26)
HANDOFF = to_global_id("Handoff", "0" * 29)
ENDPOINT = to_global_id("WebhookEndpoint", "0" * 26)
TICKET = to_global_id("Ticket", "0" * 29)
PROFILE, OTHER_PROFILE = to_global_id("Profile", "0" * 26), to_global_id("Profile", "1" * 26)
MESSAGE = to_global_id("Message", "0" * 26)
OUTGOING = to_global_id("Outgoing", "0" * 33)
ARTICLE = to_global_id("Article", "0" * 26)
GAP = to_global_id("KnowledgeGap", "0" * 26)
PASSED_OVER = to_global_id("PassedOver", "0" * 26)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    who: set[str]  # the permitted credentials
    document: str
    variables: Callable[[Started], dict[str, Any]] = lambda _: {}
    answer: str = "DONE"  # or the error code which shows that the credential was accepted
    others: Mapping[str, str] = field(default_factory=dict)  # the answers to credentials that get another one


def command(name: str, who: set[str], /, answer: str = "DONE", **given: Any) -> Entry:
    def variables(started: Started) -> dict[str, Any]:
        commands = schema._schema.mutation_type
        assert commands is not None
        wanted = get_named_type(commands.fields[name].args["input"].type)
        own = {"conversationId": started.id} if "conversationId" in wanted.fields else {}  # type: ignore[attr-defined]
        if name == "recordProductClick":
            own = {"messageId": started.message["id"]}
        return {"input": {**own, **given}}

    return Entry(who=who, document=mutation(name), variables=variables, answer=answer)


def by_id(document: str) -> Callable[[set[str]], Entry]:
    return lambda who: Entry(who=who, document=document, variables=lambda started: {"id": started.id})


EXPORT = "GET /export"
AUDIT_EXPORT = "GET /export/audit"

ENTRIES = {
    "Query.node": by_id("query($id: ID!) { node(id: $id) { id } }")(READERS | {"shopper"}),
    "Query.nodes": by_id("query($id: ID!) { nodes(ids: [$id]) { id } }")(READERS | {"shopper"}),
    "Query.account": Entry(who=ACCOUNT_READERS, document="{ account { id } }"),
    "Query.auditLog": Entry(who={"owner", "admin", "audit:read"}, document="{ auditLog { nodes { id } } }"),
    "Query.widget": Entry(who=CARRIERS | {"widget"}, document="{ widget { greeting } }"),
    "Query.me": Entry(who=ALL, document="{ me { id } }"),
    "Query.conversation": by_id("query($id: ID!) { conversation(id: $id) { id } }")(READERS | {"shopper"}),
    "Query.conversations": Entry(who=READERS, document="{ conversations { nodes { id } } }"),
    "Query.testConversations": Entry(who=READERS, document="{ testConversations { nodes { id } } }"),
    "Query.metrics": Entry(
        who=MANAGERS | {"analyst", "metrics:read"},
        document="{ metrics(range: {preset: TODAY}) { totalVolume { count } } }",
    ),
    "Subscription.metrics": Entry(
        who=MANAGERS | {"analyst", "metrics:read"},
        document="subscription { metrics(range: {preset: TODAY}) { totalVolume { count } } }",
    ),
    "Mutation.startConversation": Entry(  # a carrier may start a conversation, but not read the shopper's profile
        who=MANAGERS | {"widget", "conversations:write"},
        document="mutation($input: StartConversationInput!) { startConversation(input: $input) "
        "{ conversation { id } visitorToken errors { code path } } }",
        variables=lambda _: {"input": {"channel": "WEB_CHAT", "text": "Hi", "visitor": {"anonymousId": "other"}}},
    ),
    # Secret keys write in conversations that a secret key started, as this one.
    "Mutation.sendMessage": replace(
        command("sendMessage", {"shopper"} | CARRIERS, text="Hi"), document=bare_mutation("sendMessage")
    ),
    "Mutation.identifyVisitor": replace(
        command("identifyVisitor", {"shopper"} | CARRIERS, name="Ann"), document=bare_mutation("identifyVisitor")
    ),
    # The shopper is permitted, and gets an error because the message shows no such product.
    "Mutation.recordProductClick": command("recordProductClick", {"shopper"}, productId="p1"),
    "Mutation.connectShopify": command("connectShopify", MANAGERS, shopDomain=SHOP, clientSecret="shpss_1"),
    "Mutation.disconnectShopify": command("disconnectShopify", MANAGERS, answer="NOT_FOUND", shopDomain="other"),
    "Query.sessions": Entry(who=STAFF, document="{ sessions { nodes { id } } }"),
    # No provider is called for callers without permission; the others get an error for the issuer.
    "Mutation.connectSignIn": command(
        "connectSignIn", OWNERS, answer="INVALID", issuer="http://10.0.0.1", clientId="baton"
    ),
    "Mutation.disconnectSignIn": command(
        "disconnectSignIn", OWNERS, answer="NOT_FOUND", issuer="https://other.example"
    ),
    "Mutation.resetSignIn": command("resetSignIn", ADMINS, answer="NOT_FOUND", staffId=to_global_id("Staff", "0" * 26)),
    "Mutation.revokeSession": command(
        "revokeSession", STAFF, answer="NOT_FOUND", sessionId=to_global_id("Session", "0" * 26)
    ),
    "Mutation.signOut": command("signOut", STAFF, everywhere=True),
    "Mutation.recordTouch": command("recordTouch", SELLERS, touch="PRODUCT_CARD_CLICK", at="2026-06-07T12:00:00Z"),
    "Mutation.recordOrder": command("recordOrder", SELLERS, orderId="1", placedAt="2026-06-07T12:00:00Z", total=EUR),
    "Mutation.recordRefund": command(
        "recordRefund", SELLERS, orderId="1", refundId="1", refundedAt="2026-06-07T12:00:00Z", amount=EUR
    ),
    "Mutation.postAgentMessage": command("postAgentMessage", MANAGERS | {"agent"}, text="Hi", epoch=1),
    "Query.agentTurns": Entry(who=MANAGERS | {"agent"}, document="{ agentTurns { nodes { epoch } } }"),
    "Subscription.agentTurns": Entry(who=MANAGERS | {"agent"}, document="subscription { agentTurns { __typename } }"),
    # The conversation does not exist, which permitted callers are told.
    "Mutation.claimAgentTurn": command(
        "claimAgentTurn", MANAGERS | {"agent"}, answer="NOT_FOUND", conversationId=CONVERSATION
    ),
    **{
        f"Mutation.{name}": command(name, MANAGERS | {"agent"}, answer="NOT_FOUND", conversationId=CONVERSATION, turn=1)
        for name in ("heartbeatAgentTurn", "releaseAgentTurn")
    },
    "Mutation.createUpload": command(
        "createUpload",
        MANAGERS | {"shopper", "agent", "support", "conversations:write", "inbox:write"},
        name="a.png",
        contentType="image/png",
        bytes=1,
    ),
    # The shopper is permitted, and told that there is no address to confirm.
    "Mutation.sendEmailConfirmation": command("sendEmailConfirmation", {"shopper"}, answer="INVALID"),
    # The conversation, handoff or ticket does not exist, which permitted callers are told.
    "Mutation.endVisitorAccess": command(
        "endVisitorAccess",
        MANAGERS | {"shopper", "conversations:write"},
        answer="NOT_FOUND",
        conversationId=CONVERSATION,
    ),
    "Mutation.requestHandoff": Entry(  # a partner may request a handoff, but not read the shopper's data
        who=MANAGERS | {"agent", "handoff:write"},
        document="mutation($input: RequestHandoffInput!) { requestHandoff(input: $input) "
        "{ handoff { id } errors { code path } } }",
        variables=lambda started: {"input": {"conversationId": started.id, "epoch": 1, "reason": "OTHER"}},
    ),
    "Mutation.answerHandoffOffer": command(
        "answerHandoffOffer", {"shopper"}, answer="NOT_FOUND", handoffId=HANDOFF, accept=True
    ),
    "Mutation.withdrawHandoff": command("withdrawHandoff", {"shopper"}, answer="NOT_FOUND", handoffId=HANDOFF),
    "Mutation.updateIdentityKeys": command("updateIdentityKeys", MANAGERS, newSecret=True),
    "Mutation.mergeProfiles": command(
        "mergeProfiles", MANAGERS, answer="NOT_FOUND", profileId=PROFILE, intoProfileId=OTHER_PROFILE
    ),
    "Mutation.eraseProfile": command("eraseProfile", ADMINS, answer="NOT_FOUND", profileId=PROFILE),
    "Mutation.setLegalHold": command(
        "setLegalHold", ADMINS, answer="NOT_FOUND", conversationId=CONVERSATION, held=True, reason="Case 1"
    ),
    "Mutation.updateRetention": command("updateRetention", ADMINS, transcripts="P30D"),
    "Query.retention": Entry(who=STAFF | {"agent", "handoff:write"}, document="{ retention { transcripts } }"),
    "Mutation.exportProfile": command("exportProfile", ADMINS, answer="NOT_FOUND", profileId=PROFILE),
    "Mutation.redactMessage": command("redactMessage", MANAGERS, answer="NOT_FOUND", messageId=MESSAGE),
    "Mutation.splitProfile": command("splitProfile", MANAGERS, answer="NOT_FOUND", profileId=PROFILE),
    "Mutation.updateGuidance": command("updateGuidance", MANAGERS, tone="FRIENDLY"),
    "Mutation.updateHandoffSettings": command("updateHandoffSettings", MANAGERS, offerText="Shall I?"),
    # A ticket is taken and read by a person, so a key that is nobody's assigns it instead.
    **{
        f"Mutation.{name}": command(name, WORKERS, answer="NOT_FOUND", ticketId=TICKET)
        for name in ("takeTicket", "markTicketRead")
    },
    **{
        f"Mutation.{name}": command(name, INBOX_WRITERS, answer="NOT_FOUND", ticketId=TICKET)
        for name in (
            *("assignTicket", "releaseTicket", "returnToAgent", "closeTicket", "reopenTicket"),
            "retryDelivery",
        )
    },
    "Mutation.snoozeTicket": command(
        "snoozeTicket", INBOX_WRITERS, answer="NOT_FOUND", ticketId=TICKET, until="2026-06-08T00:00:00Z"
    ),
    # The agent controls the conversation: staff are told to take its ticket first.
    # A key of nobody has to name the author.
    "Mutation.replyToConversation": replace(
        command("replyToConversation", INBOX_WRITERS, answer="NOT_IN_CONTROL", text="Hi"),
        others={"inbox:write": "INVALID"},
    ),
    "Mutation.addNote": command("addNote", INBOX_WRITERS, text="Hi"),
    "Mutation.setAvailability": command("setAvailability", WORKERS, availability="ONLINE"),
    "Mutation.setTicketMails": command("setTicketMails", WORKERS, ticketMails="NONE"),
    "Mutation.streamAgentMessage": command("streamAgentMessage", MANAGERS | {"agent"}, text="Hi", epoch=1),
    "Mutation.setTyping": command("setTyping", WORKERS | {"agent", "shopper"}, typing=True),
    "Mutation.updateAgentSettings": command("updateAgentSettings", MANAGERS, answeredBy="OFF"),
    "Query.agentSettings": Entry(who=STAFF | {"agent", "handoff:write"}, document="{ agentSettings { version } }"),
    "Query.agentPreview": Entry(who=KNOWLEDGE_READERS, document='{ agentPreview(text: "Hello") { decision } }'),
    "Query.guidance": Entry(who=STAFF | {"agent", "handoff:write"}, document="{ guidance { version } }"),
    "Query.ruleReplay": Entry(
        who=MANAGERS | {"analyst"},
        document='{ ruleReplay(input: {range: {preset: TODAY}, rules: [{title: "A", conditions: {repetitions: 9}}]}) '
        "{ hasNextPage } }",
    ),
    "Query.handoffSettings": Entry(who=STAFF | {"agent", "handoff:write"}, document="{ handoffSettings { version } }"),
    "Query.inbox": Entry(who=INBOX_READERS, document="{ inbox { totalCount } }"),
    "Query.outgoing": Entry(who=INBOX_READERS, document="{ outgoing { totalCount } }"),
    "Query.passedOver": Entry(who=INBOX_READERS, document="{ passedOver { totalCount } }"),
    "Mutation.takeIn": command("takeIn", INBOX_WRITERS, answer="NOT_FOUND", passedOverId=PASSED_OVER),
    "Mutation.retryOutgoing": command("retryOutgoing", INBOX_WRITERS, answer="NOT_FOUND", outgoingId=OUTGOING),
    "Query.strandedTickets": Entry(who=INBOX_READERS, document="{ strandedTickets { totalCount } }"),
    "Subscription.inbox": Entry(who=INBOX_READERS, document="subscription { inbox { __typename } }"),
    # No helpdesk is called for callers without permission. A manager is permitted, and gets an error for the domain.
    "Mutation.connectHelpdesk": command(
        "connectHelpdesk",
        MANAGERS,
        answer="INVALID",
        gorgias={"domain": "https://10.0.0.1/", "email": "a@b.example", "apiKey": "k"},
    ),
    "Mutation.disconnectHelpdesk": command("disconnectHelpdesk", MANAGERS, answer="NOT_FOUND", helpdesk="GORGIAS"),
    "Mutation.connectChannel": command(
        "connectChannel",
        MANAGERS,
        answer="INVALID",
        twilio={"accountSid": "AC1", "authToken": "t", "smsFrom": "+15005550006"},
    ),
    "Mutation.disconnectChannel": command("disconnectChannel", MANAGERS, answer="NOT_FOUND", service="TWILIO"),
    # No endpoint is called: the manager's URL is refused, and the others name an endpoint that does not exist.
    "Query.webhookEndpoints": Entry(who=MANAGERS, document="{ webhookEndpoints { id } }"),
    "Query.klaviyo": Entry(who=MANAGERS, document="{ klaviyo { displayName } }"),
    "Mutation.createWebhookEndpoint": command(
        "createWebhookEndpoint", MANAGERS, answer="INVALID", url="http://10.0.0.1/", topics=["CONVERSATION_STARTED"]
    ),
    **{
        f"Mutation.{name}": command(name, MANAGERS, answer="NOT_FOUND", endpointId=ENDPOINT)
        for name in (
            *("updateWebhookEndpoint", "deleteWebhookEndpoint", "rotateWebhookSecret"),
            "pingWebhookEndpoint",
        )
    },
    "Mutation.redeliverEvents": command(
        "redeliverEvents", MANAGERS, answer="INVALID", forwardingId=to_global_id("Forwarding", "0" * 26), after="no"
    ),
    "Mutation.retryDeadLetter": command(
        "retryDeadLetter", MANAGERS, answer="NOT_FOUND", deadLetterId=to_global_id("DeadLetter", "0" * 52)
    ),
    "Mutation.connectKlaviyo": command("connectKlaviyo", MANAGERS, answer="INVALID", apiKey="no key"),
    "Mutation.disconnectKlaviyo": command("disconnectKlaviyo", MANAGERS, answer="NOT_FOUND"),
    "Query.connectedModel": Entry(who=MANAGERS, document="{ connectedModel { url } }"),
    "Mutation.connectModel": command("connectModel", MANAGERS, answer="INVALID", url="http://10.0.0.1/", model="a"),
    "Mutation.disconnectModel": command("disconnectModel", MANAGERS, answer="NOT_FOUND", url="https://a.example"),
    # Everybody who manages staff is permitted; the member or key does not exist, which they are told.
    "Mutation.createKey": command("createKey", STAFF_MANAGERS, publishable=True),
    **{
        f"Mutation.{name}": command(name, STAFF_MANAGERS, answer="NOT_FOUND", keyId=to_global_id("ApiKey", "0" * 26))
        for name in ("rotateKey", "revokeKey", "updateKey")
    },
    "Mutation.registerDocuments": command("registerDocuments", STAFF_MANAGERS, documents=[]),
    "Mutation.removeDocuments": command("removeDocuments", STAFF_MANAGERS, ids=[]),
    "Mutation.inviteStaff": command(
        "inviteStaff", STAFF_MANAGERS, answer="CONFLICT", name="Ann", email="support@shop.example", role="SUPPORT"
    ),
    **{
        f"Mutation.{name}": command(name, STAFF_MANAGERS, answer="NOT_FOUND", staffId=to_global_id("Staff", "0" * 26))
        for name in ("updateStaff", "suspendStaff", "reinstateStaff")
    },
    "Mutation.updateAccount": command("updateAccount", MANAGERS, greeting="Hi"),
    "Mutation.closeConversation": replace(
        command("closeConversation", INBOX_WRITERS | CARRIERS | {"shopper"}),
        document=bare_mutation("closeConversation"),
    ),
    "Subscription.conversation": by_id("subscription($id: ID!) { conversation(id: $id) { __typename } }")(
        READERS | {"shopper"}
    ),
    "Subscription.events": Entry(who=EVENT_READERS, document="subscription { events { __typename } }"),
    "Query.events": Entry(who=EVENT_READERS, document="{ events { totalCount } }"),
    "Query.eventMetrics": Entry(who=EVENT_READERS, document="{ eventMetrics { count } }"),
    # A segment reveals identities: a partner that may read events but no conversations may not query one.
    "Query.segment": Entry(
        who=EVENT_READERS - {"events:read"},
        document="{ segment(input: {all: [{bought: {withinDays: 1}}]}) { totalCount } }",
    ),
    "Query.articles": Entry(who=KNOWLEDGE_READERS, document="{ articles { totalCount } }"),
    "Query.catalog": Entry(who=KNOWLEDGE_READERS, document="{ catalog { totalCount } }"),
    "Query.searchKnowledge": Entry(who=KNOWLEDGE_READERS, document='{ searchKnowledge(text: "returns") { title } }'),
    "Mutation.createArticle": command("createArticle", MANAGERS, title="Returns", text="30 days.", language="en"),
    **{
        f"Mutation.{name}": command(name, MANAGERS, answer="NOT_FOUND", articleId=ARTICLE)
        for name in ("updateArticle", "deleteArticle")
    },
    "Query.knowledgeGaps": Entry(who=KNOWLEDGE_READERS, document="{ knowledgeGaps { totalCount } }"),
    "Mutation.createArticleFromGap": command(
        "createArticleFromGap", MANAGERS, answer="NOT_FOUND", gapId=GAP, title="A", text="B", language="en"
    ),
    "Mutation.dismissKnowledgeGap": command("dismissKnowledgeGap", MANAGERS, answer="NOT_FOUND", gapId=GAP),
    "Mutation.saveProducts": command("saveProducts", MANAGERS, products=[{"productId": "1", "title": "Shoe"}]),
    "Mutation.deleteProducts": command("deleteProducts", MANAGERS, productIds=["1"]),
    EXPORT: Entry(who=READERS, document="/export"),
    AUDIT_EXPORT: Entry(who=ADMINS | {"audit:read"}, document="/export/audit"),
}


def test_every_entry_is_in_the_table() -> None:
    roots = (schema._schema.query_type, schema._schema.mutation_type, schema._schema.subscription_type)
    fields = {f"{root.name}.{field}" for root in roots if root for field in root.fields}
    assert set(ENTRIES) == fields | {EXPORT, AUDIT_EXPORT}


async def outcome(baton: Program, key: str | None, entry: Entry, started: Started) -> str:
    """DONE, or the error code."""
    if entry.document.startswith("/"):
        headers = {} if key is None else {"authorization": f"Bearer {key}"}
        response = await baton.call("GET", entry.document, headers=headers)
        return "DONE" if response.status_code == 200 else str(response.json()["errors"][0]["extensions"]["code"])
    variables = entry.variables(started)
    if entry.document.startswith("subscription"):
        live = await ConsistencyChecker(baton).subscribe(key, entry.document, variables)
        return "DONE" if isinstance(live, LiveSubscription | LiveState) else live.errors[0]["extensions"]["code"]
    answer = await baton.ask(key, entry.document, **variables)
    if answer.errors:
        return str(answer.codes[0])
    [payload] = answer.data.values()
    errors = payload.get("errors") if isinstance(payload, dict) else None
    if errors and errors[0]["path"] != ["input", "productId"]:
        return str(errors[0]["code"])
    return "DONE"


async def test_the_table(baton: Program, shop: Shop) -> None:
    started = await baton.start(shop, key=shop.owner)
    tokens = {**shop.tokens, "shopper": started.token}
    assert set(tokens) == ALL
    for name, entry in ENTRIES.items():
        refused_before = await baton.everything()
        for kind in ALL - entry.who:
            assert await outcome(baton, tokens[kind], entry, started) == "FORBIDDEN", (name, kind)
        assert await outcome(baton, None, entry, started) == "UNAUTHENTICATED", name
        assert await baton.everything() == refused_before, name
        for kind in entry.who:
            assert await outcome(baton, tokens[kind], entry, started) == entry.others.get(kind, entry.answer), (
                name,
                kind,
            )


async def test_nobody_and_the_unknown(baton: Program, shop: Shop) -> None:
    started = await baton.start(shop)
    for key in (None, "", "nonsense", shop.owner + "x", shop.owner[:-1], "bsk_" + "A" * 43, "x" * 10_000):
        for name, entry in ENTRIES.items():
            if entry.document.startswith(("subscription", "/")):
                continue
            answer = await baton.ask(key, entry.document, **entry.variables(started))
            assert set(answer.codes) == {"UNAUTHENTICATED"}, (name, key)
            assert all(value in (None, [None]) for value in answer.data.values())


async def test_schema_may_be_read_without_a_credential(baton: Program) -> None:
    assert (await baton.data(None, "{ __schema { queryType { name } } }")) == {
        "__schema": {"queryType": {"name": "Query"}}
    }
