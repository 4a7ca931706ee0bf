"""The rows of the export of a person, as JSON objects with the field names of the GraphQL schema.

Left out are secrets and what is the server's own (keys of browsers, routes, epochs, cursors), and members of staff,
but for the name that the shopper was shown.
"""

from __future__ import annotations

from typing import Any

from domain.events import BusinessEvent
from domain.model.attachments import AttachedFile
from domain.model.commerce import Order, Touch
from domain.model.conversation import Conversation, Draft, Message, MessageKind, ProductCard
from domain.model.handoff import Handoff
from domain.model.messaging import OptOut, ReceivedMail
from domain.model.passed_over import PassedOver
from domain.model.profile import Profile
from domain.values.money import Money
from resolvers.relay.global_ids import to_global_id
from resolvers.scalars import write_instant

Row = dict[str, Any]
_TEAM = "Team"  # the author of an internal note: the shopper is not told which member wrote it
_OF_BROWSER = "b:"  # before the key of a browser


def profile_row(profile: Profile, main: Profile) -> Row:
    return {
        "id": to_global_id("Profile", profile.id),
        "mergedInto": None if profile.id == main.id else to_global_id("Profile", main.id),
        "createdAt": write_instant(profile.created_at),
        "name": profile.name,
        "email": profile.email,
        "phone": profile.phone,
        "externalId": profile.external_id,
        "provedIdentities": sorted({key[2:] for key in profile.keys if not key.startswith(_OF_BROWSER)}),
    }


def conversation_row(conversation: Conversation, question: str) -> Row:
    visitor = conversation.visitor
    return {
        "id": to_global_id("Conversation", conversation.id),
        "channel": conversation.channel,
        "status": conversation.status,
        "startedAt": write_instant(conversation.started_at),
        "lastMessageAt": write_instant(conversation.last_message_at),
        "closedAt": None if conversation.closed_at is None else write_instant(conversation.closed_at),
        "firstQuestion": question,
        "locale": conversation.locale,
        "tags": list(conversation.tags),
        "given": {
            "name": visitor.name,
            "email": visitor.email,
            "phone": visitor.phone,
            "externalId": visitor.external_id,
            "proved": list(visitor.proved),
        },
        "handoffs": [_handoff(each) for each in conversation.handoffs],
        "sales": [{"orderId": each.order_id, "amount": money(each.amount)} for each in conversation.sales],
    }


def consent_rows(conversation: Conversation) -> list[Row]:
    """Return the answers of the shopper to offers, with the wording that was shown."""
    return [
        {
            "conversationId": to_global_id("Conversation", conversation.id),
            "decision": each.consent.decision,
            "at": write_instant(each.consent.decided_at),
            "wording": each.consent.wording,
            "locale": each.consent.locale,
        }
        for each in conversation.handoffs
        if each.consent is not None
    ]


def message_row(message: Message) -> Row:
    is_note = message.kind is MessageKind.NOTE
    return {
        "id": to_global_id("Message", message.id),
        "conversationId": to_global_id("Conversation", message.conversation_id),
        "sequence": message.sequence,
        "kind": message.kind,
        "author": {"kind": message.author.kind, "name": _TEAM if is_note else message.author.name},
        "sentAt": write_instant(message.sent_at),
        "text": message.text,
        "products": [_card(each) for each in message.products],
        "attachments": [
            {"name": each.name, "contentType": each.content_type, "bytes": each.size, "file": file_name(each)}
            for each in message.attachments
        ],
        "redactedAt": None if message.redacted_at is None else write_instant(message.redacted_at),
    }


def draft_row(draft: Draft) -> Row:
    return {
        "conversationId": to_global_id("Conversation", draft.conversation_id),
        "writtenAt": write_instant(draft.written_at),
        "text": draft.text,
    }


def mail_row(mail: ReceivedMail) -> Row:
    return {
        "messageId": to_global_id("Message", mail.id),
        "receivedAt": write_instant(mail.received_at),
        "sender": mail.sender,
        "subject": mail.subject,
        "text": mail.text,
    }


def passed_over_row(passed: PassedOver) -> Row:
    return {
        "receivedAt": write_instant(passed.at),
        "channel": passed.channel,
        "reason": passed.reason,
        "sender": passed.sender,
        "subject": passed.subject,
        "text": passed.text,
    }


def order_row(order: Order) -> Row:
    bought = order.purchase
    return {
        "orderId": order.order_id,
        "placedAt": None if bought is None else write_instant(bought.placed_at),
        "total": None if bought is None else money(bought.total),
        "state": None if bought is None else bought.state,
        "productIds": [] if bought is None else list(bought.product_ids),
        "refunds": [
            {"amount": money(each.amount), "refundedAt": write_instant(each.refunded_at)} for each in order.refunds
        ],
    }


def touch_row(touch: Touch) -> Row:
    return {
        "conversationId": to_global_id("Conversation", touch.conversation_id),
        "touch": touch.kind,
        "channel": touch.channel,
        "at": write_instant(touch.touched_at),
        "productId": touch.product_id,
    }


def event_row(event: BusinessEvent) -> Row:
    return {
        "id": to_global_id("BusinessEvent", event.id),
        "type": event.type,
        "name": event.name,
        "at": write_instant(event.at),
        "conversationId": to_global_id("Conversation", event.conversation.id),
        "firstMessage": event.first_message,
        "products": [_card(each) for each in event.products],
        "reason": event.reason,
        "reasonDetail": event.reason_detail,
    }


def opt_out_row(opt_out: OptOut) -> Row:
    return {"at": write_instant(opt_out.at), "keyword": opt_out.keyword}


def money(value: Money) -> Row:
    return {"amount": str(value.amount), "currency": value.currency}


def file_name(file: AttachedFile) -> str | None:
    """Return the name of a file in the archive; `None` if it has no bytes. Nothing of the given name is in it that a
    program which unpacks could take for a path."""
    if file.problem is not None:
        return None
    shown = "".join(c if c.isalnum() or c in "._-" else "_" for c in file.name).lstrip(".")[-80:]
    return f"files/{file.id}-{shown}"


def _handoff(handoff: Handoff) -> Row:
    return {
        "state": handoff.state,
        "reason": handoff.reason,
        "reasonDetail": handoff.reason_detail,
        "summary": handoff.summary,
        "requestedAt": write_instant(handoff.requested_at),
    }


def _card(card: ProductCard) -> Row:
    return {"productId": card.product_id, "title": card.title, "price": money(card.price) if card.price else None}
