"""What arrives after an erasure, or was under way during it: nothing brings the shopper back."""

from __future__ import annotations

import unicodedata
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest

from dev.fakes.shopify import ORDER, SECRET, SHOP, ShopifySender, order
from domain.attachments.commands import IncomingFile
from domain.conversation.aggregate import Change
from domain.delivery.errors import PermanentError
from domain.delivery.model import DeliveryResult, Lease
from domain.events import BusinessEvent
from domain.forwarding.model import Forwarding, ReceiverKind
from domain.forwarding.runner import Forwarder
from domain.helpdesk.model import AuthorRole, TicketComment, TicketUpdate
from domain.helpdesk.service import HelpdeskService
from domain.imports.model import ImportedConversation, ImportedMessage
from domain.messaging.commands import IncomingMail, IncomingOutcome
from domain.model.attachments import Attachment, AttachmentState, RemoteFile
from domain.model.connected_services import ConnectedService, Service, connected_service_id
from domain.model.conversation import AuthorKind, Conversation, Visitor
from domain.model.handoff import DeliveryState, Helpdesk, Ticket
from domain.model.messaging import MailSender, MessageDelivery, OptOut, Progress, mail_sender_id, opt_out_id
from domain.model.outbox import Call, Destination, Outgoing, OutgoingKind, TicketNotice, outgoing_id, queue_name
from domain.model.passed_over import PassedOver, PassedOverReason
from domain.storage import UnitOfWork
from domain.values.channel import Channel
from domain.values.errors import NotFound
from domain.values.ids import AttachmentId, ConversationId, MessageId, StaffId, named_id, new_id
from domain.values.record import replace
from integrations.mongo.collections import entity_of
from integrations.mongo.erasure import records
from resolvers.relay.global_ids import to_global_id
from tests.harness.program import Program, Shop, Started, browser
from tests.resolvers.commerce.test_shopify import connected
from tests.resolvers.profile.test_erasing import EMAIL, NAME, PHONE, erase, found_in, lenas, run_erasures

OWN = (EMAIL, NAME, "9998877", "zanzibar")
LATE = f"zanzibar of {NAME}, {EMAIL}"


async def talk_in_helpdesk(baton: Program, shop: Shop) -> tuple[Started, str, str]:
    """A conversation of Lena's with a delivered ticket in Zendesk. Returns also the ids of the ticket and profile."""
    talk, profile = await lenas(baton, shop)
    at = baton.clock.now()

    async def save(uow: UnitOfWork) -> str:
        conversation = await uow.get(Conversation, talk.key)
        assert conversation is not None
        ticket = Ticket(
            id=conversation.next_ticket_id,
            handoff_id=conversation.next_handoff_id,
            helpdesk=Helpdesk.ZENDESK,
            created_at=at,
            delivery=DeliveryState.DELIVERED,
            external_id="900",
        )
        change = Change(uow, conversation)
        change.put_ticket(ticket)
        await change.commit()
        return ticket.id

    return talk, await baton.baton.ports.storage.write(shop.id, save), profile


async def test_later_comments_of_the_ticket_are_not_imported(baton: Program, shop: Shop) -> None:
    _, ticket_id, profile = await talk_in_helpdesk(baton, shop)
    helpdesk = HelpdeskService(storage=baton.baton.ports.storage)
    comment = TicketComment(id="c1", author_role=AuthorRole.REQUESTER, author_name=NAME, text=LATE, public=True)
    update = TicketUpdate(
        ticket_external_id="900", ticket_id=ticket_id, comments=(comment,), closed=False, at=baton.clock.now()
    )
    await erase(baton, shop, profile)
    for external_id in ("900", "901"):
        late = replace(update, ticket_external_id=external_id, delivery_id=f"d{external_id}")
        result = await helpdesk.import_update(shop.id, Service.ZENDESK, late)
        assert (result.known, result.messages) == (False, 0)
    assert not await baton.baton.services.ticket_sync.notify(shop.id, Helpdesk.ZENDESK, "900", ticket_id)
    # The call that tells Zendesk whom to delete waits for a worker.
    assert await found_in(baton, *OWN) == {("outgoing", EMAIL)}


async def test_reports_of_carriers_and_of_the_outbox_add_nothing(baton: Program, shop: Shop) -> None:
    """Also in the moment in which the conversation has lost its shopper, and the delivery is there still."""
    talk, profile = await lenas(baton, shop)
    ports, key, now = baton.baton.ports, ConversationId(talk.key), baton.clock.now()
    said = await baton.database["messages"].find_one({"conversation_id": key})
    assert said is not None
    delivery = MessageDelivery(id=said["_id"], conversation_id=key, channel=Channel.SMS, progress=Progress.SENT, at=now)
    row = Outgoing(
        id=outgoing_id(key, 7), destination=Destination.EMAIL, kind=OutgoingKind.MESSAGE,
        ordering_key=f"shopper:{key}", conversation_id=key, created_at=now, due_at=now, last_sequence=1,
        message_id=MessageId(said["_id"]), payload=LATE, queue=queue_name(shop.id, Destination.EMAIL),
        lease=Lease(token="t", until=now), call=Call(token="t", at=now),
    )  # fmt: skip

    async def save(uow: UnitOfWork) -> None:
        uow.save(delivery)
        uow.save(row)

    await ports.storage.write(shop.id, save)
    payload = await baton.mutate(shop.owner, "eraseProfile", profileId=profile)
    assert payload["errors"] == []
    await baton.baton.workers.timers.fire_due()
    baton.clock.move(timedelta(minutes=6))  # the call has timed out
    while not (await baton.database["conversations"].find_one({"_id": key}) or {}).get("erased_at"):
        await baton.baton.workers.timers.fire_due()
        baton.clock.move(timedelta(seconds=5))
    outbox = baton.baton.services.outbox
    for outcome in (DeliveryResult(external_id=f"<{EMAIL}>"), PermanentError(f"{LATE} is unknown")):
        await outbox.record(shop.id, row, outcome)
    with pytest.raises(PermanentError, match="erased"):
        await outbox.context(shop.id, row)
    await baton.baton.services.message_deliveries.record_report(shop.id, said["_id"], "SM1", Progress.FAILED, LATE)
    await run_erasures(baton)
    await outbox.record(shop.id, row, PermanentError(LATE))
    assert await found_in(baton, *OWN) == set()


async def test_mails_to_staff_lose_the_ticket(baton: Program, shop: Shop) -> None:
    talk, profile = await lenas(baton, shop)
    bob = await baton.start(shop, "Hello", key=shop.owner, email="bob@example.com")
    now, staff = baton.clock.now(), StaffId(new_id())
    both, alone = (ConversationId(talk.key), ConversationId(bob.key)), (ConversationId(talk.key),)

    def notice(row_id: str, listed: tuple[ConversationId, ...], **more: Any) -> Outgoing:
        return Outgoing(
            id=row_id, destination=Destination.EMAIL, kind=OutgoingKind.TICKET_NOTICE, ordering_key=f"staff:{staff}",
            conversation_id=listed[0], created_at=now, due_at=now, last_sequence=1, payload=LATE, frozen_at=now,
            notice=TicketNotice(staff_id=staff, conversation_ids=listed, total=len(listed)), **more,
        )  # fmt: skip

    second = f"{staff}D2"
    rows = [
        notice(f"{staff}D1", alone, queue=queue_name(shop.id, Destination.EMAIL), next_id=second),
        notice(second, both),
    ]

    async def save(uow: UnitOfWork) -> None:
        for row in rows:
            uow.save(row)

    await baton.baton.ports.storage.write(shop.id, save)
    await erase(baton, shop, profile)
    first, then = await baton.database["outgoing"].find(sort=[("_id", 1)]).to_list()
    assert (first["state"], first.get("payload"), first["notice"]["conversation_ids"]) == ("CANCELLED", None, [])
    assert (then["state"], then["notice"]["conversation_ids"], then["notice"]["total"]) == ("PENDING", [bob.key], 1)
    assert then["queue"] == queue_name(shop.id, Destination.EMAIL)  # it is its turn
    assert await found_in(baton, *OWN) == set()


async def test_earlier_addresses_are_searched_and_removed(baton: Program, shop: Shop) -> None:
    old = "lena.maiden@example.net"
    talk = await baton.start(shop, "zanzibar", key=shop.owner, email=old, name=NAME, phone=PHONE)
    await baton.mutate_brief(shop.owner, "identifyVisitor", conversationId=talk.id, email=EMAIL, phone=PHONE)
    now = baton.clock.now()

    async def save(uow: UnitOfWork) -> None:
        uow.save(MailSender(id=mail_sender_id(shop.id, old), at=now, conversation_id=ConversationId(new_id())))
        uow.save(OptOut(id=opt_out_id(shop.id, Channel.SMS, PHONE), at=now, keyword="STOP"))

    await baton.baton.ports.storage.write(shop.id, save)
    # As of a profile that has more identities than it keeps: only earlier states know the address.
    await baton.database["profiles"].update_many({}, {"$pull": {"keys": f"e:{old}"}})
    record = await erase(baton, shop, talk.conversation["profile"]["id"])
    assert await found_in(baton, old, EMAIL, NAME, "9998877", "zanzibar") == set()
    assert record["mentions"] == []
    removed = {each["place"]: each["count"] for each in record["removed"]}
    assert (removed["mail_senders"], removed["opt_outs"]) == (1, 1)


async def test_a_message_that_was_redacted_before_loses_the_name(baton: Program, shop: Shop) -> None:
    talk, profile = await lenas(baton, shop)
    redacted = await baton.mutate(shop.owner, "redactMessage", messageId=talk.message["id"])
    assert redacted["errors"] == []
    await erase(baton, shop, profile)
    assert await found_in(baton, *OWN) == set()


async def test_whoever_comes_back_while_it_runs_is_a_new_shopper(baton: Program, shop: Shop) -> None:
    """Also a browser that only claims the address: browsers that claimed it before are erased."""
    _, profile = await lenas(baton, shop)
    before = await baton.start(shop, "zanzibar", anonymousId=browser("before"), email=EMAIL)
    await baton.mutate(shop.owner, "eraseProfile", profileId=profile)
    baton.clock.move(timedelta(seconds=1))
    back = await baton.start(shop, "Hello", anonymousId=browser("back"), email=EMAIL)
    await run_erasures(baton)
    states = await baton.database["conversations"].find({}, ["erased_at"]).to_list()
    assert {each["_id"] for each in states if "erased_at" not in each} == {back.key}
    document = "query($id: ID!) { conversation(id: $id) { erasedAt } }"
    at = [(await baton.data(shop.owner, document, id=each.id))["conversation"]["erasedAt"] for each in (before, back)]
    assert [each is not None for each in at] == [True, False]
    assert await found_in(baton, "zanzibar") == set()


async def test_many_mails_that_were_passed_over_go_with_their_sources(
    baton: Program, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records, "STEP", 2)
    _, profile = await lenas(baton, shop)
    now = baton.clock.now()
    source = Attachment(
        id=AttachmentId(new_id()),
        owner="channel:mail",
        name="source",
        content_type="message/rfc822",
        state=AttachmentState.ATTACHED,
        created_at=now,
        size=8,
        blob="1",
    )
    files = [replace(source, id=AttachmentId(new_id())) for _ in range(5)]
    passed = PassedOver(id="", at=now, channel=Channel.EMAIL, reason=PassedOverReason.EMPTY, sender=EMAIL)

    async def save(uow: UnitOfWork) -> None:
        for file in files:
            uow.save(file)
            uow.save(replace(passed, id=new_id(), source_file=file.id))

    await baton.baton.ports.storage.write(shop.id, save)
    await erase(baton, shop, profile)
    assert [await baton.database[each].count_documents({}) for each in ("passed_over", "attachments")] == [0, 0]


async def test_the_search_knows_letters_beyond_ascii(baton: Program, shop: Shop) -> None:
    """In capitals, and with accents that are characters of their own."""
    email = "zoë.quux@example.com"
    talk = await baton.start(shop, "zanzibar", key=shop.owner, email=email)
    said = (email.upper(), unicodedata.normalize("NFD", email))
    others = [
        await baton.start(shop, f"Write to {words} too", key=shop.owner, email=f"bob{number}@example.com")
        for number, words in enumerate(said)
    ]
    record = await erase(baton, shop, talk.conversation["profile"]["id"])
    assert {each.key for each in others} <= {each["recordId"] for each in record["mentions"]}


async def test_what_a_browser_claimed_removes_nothing_of_its_owner(baton: Program, shop: Shop) -> None:
    bob = "+393330001122"
    talk = await baton.start(shop, "zanzibar", key=shop.widget, anonymousId=browser("mallory"), phone=bob)
    stop = OptOut(id=opt_out_id(shop.id, Channel.SMS, bob), at=baton.clock.now(), keyword="STOP")

    async def save(uow: UnitOfWork) -> None:
        uow.save(stop)

    await baton.baton.ports.storage.write(shop.id, save)
    found = await baton.database["conversations"].find_one({"_id": talk.key})
    assert found is not None
    await erase(baton, shop, to_global_id("Profile", found["profile_id"]))
    assert await baton.database["opt_outs"].count_documents({}) == 1
    await baton.mutate(shop.owner, "recordOrder", orderId="o1", placedAt=baton.clock.now().isoformat(),
                       total={"amount": "5.00", "currency": "EUR"}, phone=bob)  # fmt: skip
    assert await found_in(baton, bob) == {("opt_outs", bob), ("orders", bob)}


async def test_reports_of_the_past_come_without_the_shopper(baton: Program, shop: Shop) -> None:
    """Orders, mails and imports that tell of a time before the erasure. Later ones are of somebody who came back."""
    _, profile = await lenas(baton, shop)
    before = baton.clock.now() - timedelta(hours=1)
    shopify = await connected(baton, shop)
    await erase(baton, shop, profile)
    baton.clock.move(timedelta(minutes=5))
    now = baton.clock.now()

    told = order(ORDER, email=EMAIL, contact_email=EMAIL, phone=PHONE, customer=None, created_at=before.isoformat())
    await shopify.tell("orders/create", {**told, "updated_at": now.isoformat(), "processed_at": before.isoformat()})
    given = {"total": {"amount": "12.50", "currency": "EUR"}, "email": EMAIL}
    assert await baton.errors_of(shop.owner, "recordOrder", orderId="o1", placedAt=before.isoformat(), **given) == []
    batch = [
        ImportedConversation(
            source="old", key=f"k{number}", channel=Channel.EMAIL, visitor=Visitor(email=EMAIL, name=NAME),
            messages=(ImportedMessage(author=AuthorKind.SHOPPER, text=LATE, sent_at=at),),
        )
        for number, at in enumerate([before, now])
    ]  # fmt: skip
    outcome = await baton.baton.history.import_batch(shop.id, batch[:1])
    assert (outcome.imported, outcome.known, outcome.erased) == (0, 0, 1)
    assert await receive(baton, shop, before) is IncomingOutcome.ERASED
    assert await found_in(baton, *OWN) == set()
    assert [row["erased"] for row in await baton.database["orders"].find().to_list()] == [True, True]

    assert (await baton.baton.history.import_batch(shop.id, batch)).imported == 1
    assert await baton.errors_of(shop.owner, "recordOrder", orderId="o2", placedAt=now.isoformat(), **given) == []
    assert {"orders", "conversations"} <= {place for place, _ in await found_in(baton, EMAIL)}


async def receive(baton: Program, shop: Shop, sent_at: Any) -> IncomingOutcome:
    now = baton.clock.now()
    connection = ConnectedService(
        id=connected_service_id(shop.id, Service.EMAIL), service=Service.EMAIL, settings={"from_address": "a@shop.io"},
        sealed="", connected_at=now, checked_at=now,
    )  # fmt: skip
    mail = IncomingMail(
        reference=f"<{new_id()}@{EMAIL}>", sender=EMAIL.title(), name=NAME, recipients=("a@shop.io",), subject=LATE,
        references=(), text=LATE, whole=LATE, vouched=True, sent_at=sent_at,
    )  # fmt: skip
    return await baton.baton.services.incoming.receive_mail(shop.id, connection, mail)


async def test_a_command_that_is_sent_once_more_does_not_run_again(baton: Program, shop: Shop) -> None:
    given = {"channel": "EMAIL", "text": LATE, "visitor": {"email": EMAIL, "name": NAME}, "idempotencyKey": "key 1"}
    begun = await baton.mutate(shop.owner, "startConversation", **given)
    found = await baton.database["conversations"].find_one({})
    assert (begun["errors"], found is None) == ([], False)
    rows = await baton.database["idempotency"].find().to_list()
    assert found is not None
    await erase(baton, shop, to_global_id("Profile", found["profile_id"]))
    [error] = await baton.errors_of(shop.owner, "startConversation", **given)
    assert error["code"] == "CONFLICT"
    assert await found_in(baton, *OWN, rows[0]["fingerprint"]) == set()


async def test_a_file_that_is_fetched_meanwhile_leaves_nothing(baton: Program, shop: Shop) -> None:
    talk, profile = await lenas(baton, shop)
    source, now = "twilio:MM1:0", baton.clock.now()
    row = Attachment(
        id=AttachmentId(named_id(shop.id, "incoming", source)), owner=f"channel:{source}", name="passport.jpg",
        content_type="text/plain", state=AttachmentState.AWAITED, created_at=now,
        expires_at=now + timedelta(hours=2), conversation_id=ConversationId(talk.key),
        remote=RemoteFile(service=Service.TWILIO, url="https://example.com/1"),
    )  # fmt: skip

    async def save(uow: UnitOfWork) -> None:
        uow.save(row)

    await baton.baton.ports.storage.write(shop.id, save)
    files = baton.baton.services.attachments
    wish = IncomingFile(name=row.name, content_type=row.content_type, source=source)

    async def content() -> AsyncIterator[bytes]:
        yield b"zanzibar "
        await erase(baton, shop, profile)  # while the bytes arrive
        yield b"zanzibar"

    with pytest.raises(NotFound):
        await files.take_in(shop.id, wish, content(), is_known=True)
    with pytest.raises(NotFound):  # of a worker that read the record before the erasure
        await files.take_in(shop.id, wish, content(), is_known=True)
    assert await found_in(baton, "passport", *OWN) == set()
    assert [each async for each in baton.baton.ports.attachments.files.blobs()] == []


async def test_events_that_were_read_before_are_not_forwarded(baton: Program, shop: Shop) -> None:
    await baton.start(shop, "Hello", key=shop.owner, email="bob@example.com")
    _, profile = await lenas(baton, shop)
    ports, now = baton.baton.ports, baton.clock.now()
    row = Forwarding(id=new_id(), kind=ReceiverKind.WEBHOOK, position=0, due_at=now)

    async def save(uow: UnitOfWork) -> None:
        uow.save(row)

    await ports.storage.write(shop.id, save)
    receiver = Recorder(baton, shop, profile)
    forwarder = Forwarder(store=ports.forwardings, receivers={ReceiverKind.WEBHOOK: receiver}, clock=baton.clock)
    found = await baton.database["forwardings"].find_one({"_id": row.id})
    assert found is not None
    turn = await forwarder.turn(shop.id, entity_of(Forwarding, found), lambda: False)
    assert turn.emptied
    assert [event.conversation.visitor.email for event in receiver.delivered] == ["bob@example.com"]
    found = await baton.database["forwardings"].find_one({"_id": row.id})
    assert found is not None
    assert EMAIL not in repr(found)


class Recorder:
    """A receiver, at whose first event the shopper of the later ones is erased."""

    def __init__(self, baton: Program, shop: Shop, profile: str) -> None:
        self.delivered: list[BusinessEvent] = []
        self._erase = lambda: erase(baton, shop, profile)
        self._is_erased = False

    @asynccontextmanager
    async def open(self, account_id: str, forwarding_id: str) -> AsyncIterator[Any]:
        yield self

    def wants(self, event: BusinessEvent) -> bool:
        return True

    async def deliver(self, event: BusinessEvent) -> DeliveryResult:
        self.delivered.append(event)
        if not self._is_erased:
            self._is_erased = True
            await self._erase()
        return DeliveryResult()

    async def report(self, problem: str | None) -> None:
        pass


async def test_a_shop_of_a_manager_erases_only_its_own_orders(baton: Program, shop: Shop) -> None:
    talk, _ = await lenas(baton, shop)
    shopify = await connected_by(baton, shop, shop.manager)
    baton.clock.move(timedelta(hours=4))
    asked = {"shop_domain": SHOP, "customer": {"email": EMAIL}, "orders_to_redact": []}
    await shopify.tell("orders/create", order(email=EMAIL, contact_email=EMAIL, customer=None))
    assert await shopify.tell("customers/redact", asked) == (
        "Erased the buyers of 1 orders. Shoppers whom an owner or admin has to erase: 1."
    )
    await shopify.tell("orders/create", order(ORDER + 1, email=EMAIL, contact_email=EMAIL, customer=None))
    # The orders of the shop that was connected before are not the manager's.
    former = {"purchase.shop": "former.myshopify.com", "purchase.keys": [f"e:{EMAIL}"]}
    await shopify.tell("orders/create", order(ORDER + 2, email=EMAIL, contact_email=EMAIL, customer=None))
    await baton.database["orders"].update_one({"order_id": str(ORDER + 2)}, {"$set": former})
    assert (await shopify.tell("shop/redact", {"shop_domain": SHOP})).startswith("Erased the buyers of 1 orders.")
    asking = {**asked, "orders_to_redact": [ORDER + 2]}
    assert (await shopify.tell("customers/redact", asking)).startswith("Erased the buyers of 0 orders.")
    await run_erasures(baton)
    assert await baton.database["erasures"].count_documents({}) == 0
    shown = await baton.data(shop.owner, "query($id: ID!) { conversation(id: $id) { firstQuestion } }", id=talk.id)
    assert "zanzibar" in shown["conversation"]["firstQuestion"]
    entries = await baton.database["audit_entries"].find({"action": "ERASURE_REQUESTED"}).to_list()
    assert len(entries) == 3
    # Once somebody with the right has connected the shop, its requests erase.
    shopify = await connected_by(baton, shop, shop.admin)
    assert (await shopify.tell("customers/redact", asked)).endswith("Shoppers whose erasure has begun: 1.")
    await run_erasures(baton)
    assert await found_in(baton, *OWN) == set()


async def connected_by(baton: Program, shop: Shop, key: str) -> Any:
    payload = await baton.done(key, "connectShopify", shopDomain=SHOP, clientSecret=SECRET)
    path = payload["connection"]["webhookUrl"].removeprefix("https://baton.example")
    return ShopifySender(baton.http, path, secret=SECRET)
