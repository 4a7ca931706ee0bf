"""Each action that the audit log records, as a call of the API.

A mutation stands either in `ACTIONS`, with a call that leaves one entry, or in `NOT_AUDITED`, with the reason.
"""

from __future__ import annotations

import itertools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

from dev.fakes.chat_completions import KEY as MODEL_KEY
from dev.fakes.chat_completions import ChatModel
from dev.fakes.faults import failing
from dev.fakes.gorgias import API_KEY, DOMAIN, USER, Gorgias
from dev.fakes.klaviyo import KEY, Klaviyo
from dev.fakes.openid import CLIENT_ID, CLIENT_SECRET, OpenId
from dev.fakes.receiver import WebhookReceiver
from dev.fakes.shopify import SECRET, SHOP
from dev.fakes.twilio import NUMBER, SID, TOKEN, Twilio
from domain.model.audit import AuditAction
from domain.principal import StaffRole
from resolvers.relay.global_ids import to_global_id
from tests.harness.clock import ManualClock
from tests.harness.outbox import dispatcher
from tests.harness.program import Json, Program, Shop
from tests.harness.workers import deliver_due
from tests.resolvers.forwarding.endpoints import ALL, forward, read_endpoint, start_conversations
from tests.resolvers.test_nodes import signed_in

_NUMBERS = itertools.count(10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fakes:
    clock: ManualClock
    gorgias: Gorgias
    klaviyo: Klaviyo
    twilio: Twilio
    receiver: WebhookReceiver
    openid: OpenId
    model: ChatModel


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    baton: Program
    shop: Shop
    fakes: Fakes

    async def do(self, name: str, /, **given: object) -> Json:
        return await self.baton.done(self.shop.owner, name, **given)

    async def endpoint(self) -> Json:
        url = f"{self.fakes.receiver.url}/hooks"
        payload = await self.do("createWebhookEndpoint", url=url, topics=ALL, description="Partner")
        self.fakes.receiver.secrets.append(payload["secret"])
        endpoint: Json = payload["endpoint"]
        return endpoint

    async def gorgias(self) -> None:
        await self.do("connectHelpdesk", gorgias={"domain": DOMAIN, "email": USER, "apiKey": API_KEY})

    async def failed_ticket(self) -> str:
        """Return the ID of a ticket that Gorgias refused."""
        await self.gorgias()
        await self.do("updateHandoffSettings", helpdesk="GORGIAS")
        self.fakes.gorgias.keys[USER] = "another-key"
        started = await self.baton.start(self.shop, "A human!", channel="SMS", phone=f"+3933312345{next(_NUMBERS)}")
        asked = {"conversationId": started.id, "epoch": 1, "reason": "EXPLICIT_ASK"}
        await self.baton.done(self.shop.agent, "requestHandoff", **asked)
        await deliver_due(dispatcher(self.baton))
        self.fakes.gorgias.keys[USER] = API_KEY
        tickets = (await self.baton.data(self.shop.owner, "{ inbox { nodes { id } } }"))["inbox"]["nodes"]
        return str(tickets[0]["id"])  # the newest


async def update_account(stage: Stage) -> None:
    await stage.do("updateAccount", greeting="Hi there")


async def update_handoff_settings(stage: Stage) -> None:
    await stage.do("updateHandoffSettings", offerText="Shall I?")


async def update_guidance(stage: Stage) -> None:
    await stage.do("updateGuidance", communicationRules=["Be brief."])


async def update_agent_settings(stage: Stage) -> None:
    await stage.do("updateAgentSettings", answeredBy="BUILT_IN")


async def create_key(stage: Stage) -> Json:
    given = {"label": "Partner", "scopes": ["METRICS_READ"], "idempotencyKey": "once"}
    made = await stage.do("createKey", **given)
    await stage.do("createKey", **given)  # changes nothing
    key: Json = made["key"]
    return key


async def rotate_key(stage: Stage) -> None:
    await stage.do("rotateKey", keyId=(await create_key(stage))["id"])


async def revoke_key(stage: Stage) -> None:
    await stage.do("revokeKey", keyId=(await create_key(stage))["id"])


async def invite_staff(stage: Stage) -> str:
    """Return the ID of the new member."""
    number = next(_NUMBERS)
    payload = await stage.do("inviteStaff", name="Nina", email=f"nina-{number}@shop.example", role="SUPPORT")
    return str(payload["staff"]["id"])


async def update_staff(stage: Stage) -> None:
    await stage.do("updateStaff", staffId=await invite_staff(stage), role="MANAGER")


async def suspend_staff(stage: Stage) -> str:
    member = await invite_staff(stage)
    for _ in range(2):  # the second changes nothing
        await stage.do("suspendStaff", staffId=member)
    return member


async def reinstate_staff(stage: Stage) -> None:
    await stage.do("reinstateStaff", staffId=await suspend_staff(stage))


async def end_visitor_access(stage: Stage) -> None:
    started = await stage.baton.start(stage.shop)
    await stage.do("endVisitorAccess", conversationId=started.id)


async def merge_profiles(stage: Stage) -> str:
    """Return the ID of the merged profile."""
    started = [await stage.baton.start(stage.shop, anonymousId=f"browser-{next(_NUMBERS)}") for _ in range(2)]
    one, two = (each.conversation["profile"]["id"] for each in started)
    for _ in range(2):
        await stage.do("mergeProfiles", profileId=one, intoProfileId=two, idempotencyKey=f"{one} into {two}")
    return str(one)


async def erase_profile(stage: Stage) -> None:
    started = await stage.baton.start(stage.shop, anonymousId=f"browser-{next(_NUMBERS)}")
    for _ in range(2):  # the second begins nothing
        await stage.do("eraseProfile", profileId=started.conversation["profile"]["id"])


async def export_profile(stage: Stage) -> None:
    started = await stage.baton.start(stage.shop, anonymousId=f"browser-{next(_NUMBERS)}")
    await stage.do("exportProfile", profileId=started.conversation["profile"]["id"])


async def set_legal_hold(stage: Stage) -> None:
    started = await stage.baton.start(stage.shop)
    for _ in range(2):  # the second changes nothing
        await stage.do("setLegalHold", conversationId=started.id, held=True, reason="Case 1")


async def update_retention(stage: Stage) -> None:
    for _ in range(2):
        await stage.do("updateRetention", transcripts="P30D")


async def redact_message(stage: Stage) -> None:
    started = await stage.baton.start(stage.shop)
    for _ in range(2):  # the second changes nothing
        await stage.do("redactMessage", messageId=started.message["id"])


async def split_profile(stage: Stage) -> None:
    await stage.do("splitProfile", profileId=await merge_profiles(stage))


async def update_identity_keys(stage: Stage) -> None:
    given = {"newSecret": True, "idempotencyKey": "once"}
    for _ in range(2):
        await stage.do("updateIdentityKeys", **given)


async def connect_helpdesk(stage: Stage) -> None:
    await stage.gorgias()


async def disconnect_helpdesk(stage: Stage) -> None:
    await stage.gorgias()
    await stage.do("disconnectHelpdesk", helpdesk="GORGIAS")


async def connect_channel(stage: Stage) -> None:
    await stage.do("connectChannel", twilio={"accountSid": SID, "authToken": TOKEN, "smsFrom": NUMBER})


async def disconnect_channel(stage: Stage) -> None:
    await connect_channel(stage)
    await stage.do("disconnectChannel", service="TWILIO")


async def connect_shopify(stage: Stage) -> None:
    await stage.do("connectShopify", shopDomain=SHOP, clientSecret=SECRET)


async def disconnect_shopify(stage: Stage) -> None:
    await connect_shopify(stage)
    await stage.do("disconnectShopify", shopDomain=SHOP)


async def connect_klaviyo(stage: Stage) -> None:
    await stage.do("connectKlaviyo", apiKey=KEY)


async def disconnect_klaviyo(stage: Stage) -> None:
    await connect_klaviyo(stage)
    await stage.do("disconnectKlaviyo", keepPlace=True)


async def connect_model(stage: Stage) -> None:
    await stage.do("connectModel", url=stage.fakes.model.url, model="small", apiKey=MODEL_KEY)


async def disconnect_model(stage: Stage) -> None:
    await connect_model(stage)
    await stage.do("disconnectModel", url=stage.fakes.model.url)


async def connect_sign_in(stage: Stage) -> None:
    client = {"clientId": CLIENT_ID, "clientSecret": CLIENT_SECRET}
    await stage.do("connectSignIn", issuer=stage.fakes.openid.issuer, **client)


async def disconnect_sign_in(stage: Stage) -> None:
    await connect_sign_in(stage)
    await stage.do("disconnectSignIn", issuer=stage.fakes.openid.issuer)


async def reset_sign_in(stage: Stage) -> None:
    member = to_global_id("Staff", stage.shop.staff[StaffRole.SUPPORT])
    await stage.do("resetSignIn", staffId=member)


async def sign_out(stage: Stage) -> None:
    await signed_in(stage.baton, stage.shop)
    await stage.do("signOut", everywhere=True)
    await stage.do("signOut", everywhere=True)  # changes nothing


async def revoke_session(stage: Stage) -> None:
    session = await signed_in(stage.baton, stage.shop)
    for _ in range(2):
        await stage.do("revokeSession", sessionId=session)


async def create_webhook_endpoint(stage: Stage) -> None:
    await stage.endpoint()


async def update_webhook_endpoint(stage: Stage) -> None:
    await stage.do("updateWebhookEndpoint", endpointId=(await stage.endpoint())["id"], enabled=False)


async def delete_webhook_endpoint(stage: Stage) -> None:
    await stage.do("deleteWebhookEndpoint", endpointId=(await stage.endpoint())["id"])


async def rotate_webhook_secret(stage: Stage) -> None:
    await stage.do("rotateWebhookSecret", endpointId=(await stage.endpoint())["id"])


async def redeliver_events(stage: Stage) -> None:
    endpoint = await stage.endpoint()
    started = await stage.baton.start(stage.shop)
    forwarding = (await read_endpoint(stage.baton, stage.shop, endpoint))["forwarding"]
    await stage.do("redeliverEvents", forwardingId=forwarding["id"], after=started.conversation["streamCursor"])


async def retry_dead_letter(stage: Stage) -> None:
    endpoint = await stage.endpoint()
    await start_conversations(stage.baton, stage.shop, 1)
    stage.fakes.receiver.faults.plan = lambda _: failing(500)
    await forward(stage.baton)
    stage.fakes.clock.move(timedelta(days=3))
    await forward(stage.baton)
    stage.fakes.receiver.faults.clear()
    forwarding = (await read_endpoint(stage.baton, stage.shop, endpoint))["forwarding"]
    [letter] = forwarding["deadLetters"]["nodes"]
    await stage.do("retryDeadLetter", deadLetterId=letter["id"])


async def update_key(stage: Stage) -> None:
    created = await stage.do("createKey", publishable=True)
    await stage.do("updateKey", keyId=created["key"]["id"], documents="ONLY")
    await stage.do("updateKey", keyId=created["key"]["id"], documents="ONLY")  # changes nothing


async def register_documents(stage: Stage) -> None:
    document = {"id": f"d{next(_NUMBERS)}", "text": "{ __typename }"}
    await stage.do("registerDocuments", documents=[document])
    await stage.do("registerDocuments", documents=[document])  # changes nothing


async def remove_documents(stage: Stage) -> None:
    await stage.do("registerDocuments", documents=[{"id": "removed", "text": "{ __typename }"}])
    await stage.do("removeDocuments", ids=["removed", "unknown"])
    await stage.do("removeDocuments", ids=["removed"])  # changes nothing


ARTICLE = {"title": "Returns", "text": "Within 30 days.", "language": "en"}
PRODUCT = {"productId": "1", "title": "Lamp"}


async def new_article(stage: Stage) -> str:
    made = await stage.baton.done(stage.shop.owner, "createArticle", **ARTICLE)
    return str(made["article"]["id"])


async def new_gap(stage: Stage) -> str:
    asked = await stage.baton.start(stage.shop, "Do you sell penguins?", channel="SMS", phone="+393331234599")
    await stage.baton.done(stage.shop.agent, "requestHandoff", conversationId=asked.id, epoch=1, reason="KNOWLEDGE_GAP")
    found = await stage.baton.data(stage.shop.owner, "{ knowledgeGaps { nodes { id } } }")
    return str(found["knowledgeGaps"]["nodes"][0]["id"])


async def create_article(stage: Stage) -> None:
    await stage.do("createArticle", **ARTICLE, idempotencyKey="once")
    await stage.do("createArticle", **ARTICLE, idempotencyKey="once")  # changes nothing


async def update_article(stage: Stage) -> None:
    article = await new_article(stage)
    await stage.do("updateArticle", articleId=article, title="Sending back")
    await stage.do("updateArticle", articleId=article, title="Sending back")  # changes nothing


async def delete_article(stage: Stage) -> None:
    await stage.do("deleteArticle", articleId=await new_article(stage))


async def create_article_from_gap(stage: Stage) -> None:
    await stage.do("createArticleFromGap", **ARTICLE, gapId=await new_gap(stage))


async def dismiss_knowledge_gap(stage: Stage) -> None:
    await stage.do("dismissKnowledgeGap", gapId=await new_gap(stage))


async def save_products(stage: Stage) -> None:
    await stage.do("saveProducts", products=[PRODUCT])
    await stage.do("saveProducts", products=[PRODUCT])  # changes nothing


async def delete_products(stage: Stage) -> None:
    await stage.baton.done(stage.shop.owner, "saveProducts", products=[PRODUCT])
    await stage.do("deleteProducts", productIds=["1"])
    await stage.do("deleteProducts", productIds=["1"])  # changes nothing


async def retry_outgoing(stage: Stage) -> None:
    await stage.failed_ticket()
    [row] = (await stage.baton.data(stage.shop.owner, "{ outgoing { nodes { id } } }"))["outgoing"]["nodes"]
    await stage.do("retryOutgoing", outgoingId=row["id"], idempotencyKey="once")
    await stage.do("retryOutgoing", outgoingId=row["id"], idempotencyKey="once")  # changes nothing


async def retry_delivery(stage: Stage) -> None:
    await stage.do("retryDelivery", ticketId=await stage.failed_ticket())


Act = Callable[[Stage], Awaitable[object]]

ACTIONS: dict[str, tuple[AuditAction, Act]] = {
    "updateAccount": (AuditAction.SETTINGS_UPDATED, update_account),
    "updateHandoffSettings": (AuditAction.HANDOFF_SETTINGS_UPDATED, update_handoff_settings),
    "updateGuidance": (AuditAction.GUIDANCE_UPDATED, update_guidance),
    "updateAgentSettings": (AuditAction.AGENT_SETTINGS_UPDATED, update_agent_settings),
    "createKey": (AuditAction.KEY_CREATED, create_key),
    "rotateKey": (AuditAction.KEY_ROTATED, rotate_key),
    "revokeKey": (AuditAction.KEY_REVOKED, revoke_key),
    "updateKey": (AuditAction.KEY_UPDATED, update_key),
    "registerDocuments": (AuditAction.DOCUMENTS_REGISTERED, register_documents),
    "removeDocuments": (AuditAction.DOCUMENTS_REMOVED, remove_documents),
    "createArticle": (AuditAction.ARTICLE_CREATED, create_article),
    "updateArticle": (AuditAction.ARTICLE_UPDATED, update_article),
    "deleteArticle": (AuditAction.ARTICLE_DELETED, delete_article),
    "createArticleFromGap": (AuditAction.ARTICLE_CREATED, create_article_from_gap),
    "dismissKnowledgeGap": (AuditAction.KNOWLEDGE_GAP_DISMISSED, dismiss_knowledge_gap),
    "saveProducts": (AuditAction.PRODUCTS_SAVED, save_products),
    "deleteProducts": (AuditAction.PRODUCTS_DELETED, delete_products),
    "inviteStaff": (AuditAction.STAFF_INVITED, invite_staff),
    "updateStaff": (AuditAction.STAFF_UPDATED, update_staff),
    "suspendStaff": (AuditAction.STAFF_SUSPENDED, suspend_staff),
    "reinstateStaff": (AuditAction.STAFF_REINSTATED, reinstate_staff),
    "endVisitorAccess": (AuditAction.VISITOR_TOKEN_REVOKED, end_visitor_access),
    "mergeProfiles": (AuditAction.PROFILES_MERGED, merge_profiles),
    "splitProfile": (AuditAction.PROFILE_SPLIT, split_profile),
    "updateRetention": (AuditAction.RETENTION_UPDATED, update_retention),
    "exportProfile": (AuditAction.EXPORTED, export_profile),
    "setLegalHold": (AuditAction.LEGAL_HOLD_SET, set_legal_hold),
    "redactMessage": (AuditAction.MESSAGE_REDACTED, redact_message),
    "eraseProfile": (AuditAction.ERASED, erase_profile),
    "updateIdentityKeys": (AuditAction.IDENTITY_KEYS_UPDATED, update_identity_keys),
    "connectHelpdesk": (AuditAction.HELPDESK_CONNECTED, connect_helpdesk),
    "disconnectHelpdesk": (AuditAction.HELPDESK_DISCONNECTED, disconnect_helpdesk),
    "connectChannel": (AuditAction.CHANNEL_CONNECTED, connect_channel),
    "disconnectChannel": (AuditAction.CHANNEL_DISCONNECTED, disconnect_channel),
    "connectShopify": (AuditAction.SHOPIFY_CONNECTED, connect_shopify),
    "disconnectShopify": (AuditAction.SHOPIFY_DISCONNECTED, disconnect_shopify),
    "connectKlaviyo": (AuditAction.KLAVIYO_CONNECTED, connect_klaviyo),
    "disconnectKlaviyo": (AuditAction.KLAVIYO_DISCONNECTED, disconnect_klaviyo),
    "connectModel": (AuditAction.MODEL_CONNECTED, connect_model),
    "disconnectModel": (AuditAction.MODEL_DISCONNECTED, disconnect_model),
    "connectSignIn": (AuditAction.SIGN_IN_CONNECTED, connect_sign_in),
    "disconnectSignIn": (AuditAction.SIGN_IN_DISCONNECTED, disconnect_sign_in),
    "resetSignIn": (AuditAction.SIGN_IN_RESET, reset_sign_in),
    "signOut": (AuditAction.SIGNED_OUT, sign_out),
    "revokeSession": (AuditAction.SIGNED_OUT, revoke_session),
    "createWebhookEndpoint": (AuditAction.WEBHOOK_CREATED, create_webhook_endpoint),
    "updateWebhookEndpoint": (AuditAction.WEBHOOK_UPDATED, update_webhook_endpoint),
    "deleteWebhookEndpoint": (AuditAction.WEBHOOK_DELETED, delete_webhook_endpoint),
    "rotateWebhookSecret": (AuditAction.WEBHOOK_SECRET_ROTATED, rotate_webhook_secret),
    "redeliverEvents": (AuditAction.EVENTS_REDELIVERED, redeliver_events),
    "retryDeadLetter": (AuditAction.DEAD_LETTER_RETRIED, retry_dead_letter),
    "retryOutgoing": (AuditAction.OUTGOING_RETRIED, retry_outgoing),
    "retryDelivery": (AuditAction.OUTGOING_RETRIED, retry_delivery),
}
"""By mutation: the action, and a call that leaves one entry of it, as the owner."""

_MESSAGES = (
    "a message or an event of one conversation, which its timeline shows with its author; a proof that merges profiles "
    "is audited (test_actions.py)"
)
_TICKETS = "work on one ticket, which its timeline shows with its author"
_PRESENCE = "a state of the moment, which is not kept"

NOT_AUDITED: dict[str, str] = {
    **dict.fromkeys(
        (
            *("startConversation", "sendMessage", "identifyVisitor", "closeConversation", "postAgentMessage"),
            *("sendEmailConfirmation", "recordProductClick", "requestHandoff", "answerHandoffOffer", "withdrawHandoff"),
            *("takeIn", "createUpload"),
        ),
        _MESSAGES,
    ),
    **dict.fromkeys(
        (
            *("takeTicket", "assignTicket", "releaseTicket", "returnToAgent", "replyToConversation", "addNote"),
            *("snoozeTicket", "closeTicket", "reopenTicket", "markTicketRead"),
        ),
        _TICKETS,
    ),
    **dict.fromkeys(("setTyping", "streamAgentMessage", "setAvailability"), _PRESENCE),
    **dict.fromkeys(("claimAgentTurn", "heartbeatAgentTurn", "releaseAgentTurn"), "a lease of seconds, which ends"),
    "setTicketMails": "a preference of the member alone",
    **dict.fromkeys(("recordTouch", "recordOrder", "recordRefund"), "data of the shop system, not of the account"),
    "pingWebhookEndpoint": "a test call, which changes nothing",
}
