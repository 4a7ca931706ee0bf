"""Cases from the field on Zendesk: replies that quote, closed and merged tickets, refused locales. Each names its
source, public threads about other products read as symptoms; *variation* marks inputs that were made up here."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dev.fakes.faults import responding
from dev.fakes.zendesk import Ticket, Zendesk
from domain.model.attachments import MOST_FILES
from tests.api.webhooks.zendesk.conftest import ZendeskWebhook, hand_over, messages_of
from tests.api.webhooks.zendesk.test_handoff import consented, deliver, ticket_of
from tests.harness.files import PNG, upload
from tests.harness.program import Program, Started
from tests.harness.workers import sync_due

MARK = "Chat message 4, 2026-06-07 12:00:00 UTC"


async def in_zendesk(baton: Program, webhook: ZendeskWebhook, zendesk: Zendesk) -> tuple[Started, Ticket]:
    """A chat that goes on in Zendesk, where "Where is it?" is a comment."""
    started = await consented(baton, webhook)
    await deliver(baton)
    await baton.say(started, "Where is it?")
    await deliver(baton)
    [ticket] = zendesk.tickets.values()
    assert ticket.comments[-1]["plain_body"] == f"Where is it?\n{MARK}"
    return started, ticket


async def of_kind(baton: Program, webhook: ZendeskWebhook, started: Started, kind: str) -> list[str]:
    document = "query($id: ID!) { conversation(id: $id) { messages(first: 99) { nodes { kind text } } } }"
    nodes = (await baton.data(webhook.shop.owner, document, id=started.id))["conversation"]["messages"]["nodes"]
    return [message["text"] for message in nodes if message["kind"] == kind]


@pytest.mark.parametrize(
    "body",
    [
        # Sources: chatwoot#15365, alaveteli#2767; variation of chatwoot#15365.
        f"No, it is still broken!\n\n> On 7 Jun, Acme wrote:\n> We solved\nit.\n>\n> Where is it?\n> {MARK}",
        f"Still not here.\n\nFrom: Acme\nSent: Sunday\n\nWhere is it?\n{MARK}",
        # Variations: one word more, before and after.
        f"Where is it? Where?\n{MARK}",
        f"Hey. Where is it?\n{MARK}",
    ],
)
async def test_reply_that_quotes_our_comment(
    baton: Program, webhook: ZendeskWebhook, zendesk: Zendesk, body: str
) -> None:
    started, ticket = await in_zendesk(baton, webhook, zendesk)
    assert await webhook.result_of(zendesk.signed(zendesk.add_requester_comment(ticket, body))) == "accepted"
    assert (await messages_of(baton, started))[-1] == ("SHOPPER", "Anna", body)


@pytest.mark.parametrize("text", ["Where is it?", "“Two”  lines\n\nand 👍 more", "<b>a & b</b> " * 300])
async def test_echo_of_our_comment(baton: Program, webhook: ZendeskWebhook, zendesk: Zendesk, text: str) -> None:
    """Two controls, with variations: the shopper's words, also in several parts, and the transcript."""
    started = await consented(baton, webhook)
    await deliver(baton)
    await baton.say(started, text)
    await deliver(baton)
    [ticket] = zendesk.tickets.values()
    before = await messages_of(baton, started)
    transcript, *comments = zendesk.own_comment_events(ticket)
    assert "Where is my order?" in transcript["event"]["comment"]["body"]
    assert comments
    for event in (transcript, *comments):
        assert await webhook.result_of(zendesk.signed(event)) == "accepted: nothing new"
    assert await messages_of(baton, started) == before


async def test_echo_in_other_letters(baton: Program, webhook: ZendeskWebhook, zendesk: Zendesk) -> None:
    """A variation: the same words, as a helpdesk rewrites them."""
    started = await consented(baton, webhook)
    await deliver(baton)
    await baton.say(started, "My _café_ order ﬁle & “1001”")
    await deliver(baton)
    [ticket] = zendesk.tickets.values()
    before = await messages_of(baton, started)
    [*_, event] = zendesk.own_comment_events(ticket)
    mark = event["event"]["comment"]["body"].rpartition("\n")[2]
    event["event"]["comment"]["body"] = f"My cafe\u0301 order file &amp; &quot;1001&quot;\n{mark}"
    assert await webhook.result_of(zendesk.signed(event)) == "accepted: nothing new"
    assert await messages_of(baton, started) == before


@pytest.mark.parametrize("text", ["See my picture", ""])
async def test_echo_of_a_comment_with_a_file(
    baton: Program, webhook: ZendeskWebhook, zendesk: Zendesk, text: str
) -> None:
    """The file is uploaded with the comment, which names it and comes back without adding a message."""
    started, ticket = await in_zendesk(baton, webhook, zendesk)
    file = await upload(baton, started.token)
    given = {"conversationId": started.id, "text": text, "attachments": [file]}
    await baton.done(started.token, "sendMessage", **given)
    await deliver(baton)
    assert zendesk.uploads == {"upload-1": ("photo.png", "image/png", PNG)}
    assert "photo.png" in ticket.comments[-1]["plain_body"]
    before = await messages_of(baton, started)
    for event in zendesk.own_comment_events(ticket):
        assert await webhook.result_of(zendesk.signed(event)) == "accepted: nothing new"
    assert await messages_of(baton, started) == before


async def test_requester_by_mail_is_shown_once(baton: Program, webhook: ZendeskWebhook, zendesk: Zendesk) -> None:
    """A control."""
    started, ticket = await in_zendesk(baton, webhook, zendesk)
    event = zendesk.add_requester_comment(ticket, "It came, thank you")
    results = [await webhook.result_of(zendesk.signed(event)) for _ in range(2)]
    assert results == ["accepted", "accepted: nothing new"]
    assert (await messages_of(baton, started))[-1] == ("SHOPPER", "Anna", "It came, thank you")


@pytest.mark.parametrize("public", [True, False])
async def test_zendesk_file_alone(baton: Program, webhook: ZendeskWebhook, zendesk: Zendesk, public: bool) -> None:
    """Sources: chatwoot#8999, uvdesk#65, fazer-ai/chatwoot#341; a control: nothing of a private comment."""
    started = await baton.start(webhook.shop, "Where is it?", anonymousId="a")
    ticket = await hand_over(baton, zendesk, started)
    event = zendesk.add_agent_comment(ticket, "", public=public)
    file = {
        "id": "77",
        "filename": "label.pdf",
        "content_type": "application/pdf",
        "content_url": "https://z.example/1",
    }
    event["event"]["comment"]["attachments"] = [file]
    before = len(await messages_of(baton, started))
    await webhook.result_of(zendesk.signed(event))
    told = (await messages_of(baton, started))[before:]
    assert told == ([("HUMAN_AGENT", "Sam", "[attachment: label.pdf]")] if public else [])


async def test_files_beyond_those_of_a_message_are_named(
    baton: Program, webhook: ZendeskWebhook, zendesk: Zendesk
) -> None:
    started = await baton.start(webhook.shop, "Where is it?", anonymousId="a")
    ticket = await hand_over(baton, zendesk, started)
    event = zendesk.add_agent_comment(ticket, "All of them")
    event["event"]["comment"]["attachments"] = [
        {"id": n, "filename": f"{n}.pdf", "content_type": "application/pdf", "content_url": f"https://z.example/{n}"}
        for n in range(MOST_FILES + 1)
    ]
    await webhook.result_of(zendesk.signed(event))
    [*_, (_, _, text)] = await messages_of(baton, started)
    assert text.endswith(f"[attachment: {MOST_FILES}.pdf]\n\n[left out: {MOST_FILES}.pdf]")


@pytest.mark.parametrize("public", [True, False])
async def test_zendesk_tells_of_a_file_alone(
    baton: Program, webhook: ZendeskWebhook, zendesk: Zendesk, public: bool
) -> None:
    """A variation of chatwoot#8999: the event of the comment has no file; that of the file follows, twice."""
    started = await baton.start(webhook.shop, "Where is it?", anonymousId="a")
    ticket = await hand_over(baton, zendesk, started)
    event = zendesk.add_agent_comment(ticket, "", public=public)
    before = len(await messages_of(baton, started))
    assert await webhook.result_of(zendesk.signed(event)) == "accepted: nothing new"
    file = {"id": 77, "file_name": "label.pdf", "content_type": "application/pdf", "content_url": "https://z.example/1"}
    comment = event["event"]["comment"]
    ticket.comments[-1]["attachments"] = [file]
    linked = {
        **event,
        "id": "another delivery",
        "type": "zen:event-type:ticket.attachment_linked_to_comment",
        "event": {
            "attachment": {**file, "filename": "label.pdf", "is_public": public},
            "comment": {"id": comment["id"]},
        },
    }
    for _ in range(2):
        expected = "accepted" if public else "accepted: nothing new"
        assert await webhook.result_of(zendesk.signed(linked)) == expected
        baton.clock.move(timedelta(minutes=1))
        await sync_due(baton.baton.workers.helpdesk_sync)
    told = (await messages_of(baton, started))[before:]
    assert told == ([("HUMAN_AGENT", "Sam", "[attachment: label.pdf]")] if public else [])


async def test_files_of_comments_are_fetched_once(baton: Program, webhook: ZendeskWebhook, zendesk: Zendesk) -> None:
    """With the account's credentials, by a worker; told twice, there is one file."""
    started = await baton.start(webhook.shop, "Where is it?", anonymousId="a")
    ticket = await hand_over(baton, zendesk, started)
    zendesk.files["label"] = b"%PDF-1.4 label"
    event = zendesk.add_agent_comment(ticket, "Your label")
    address = f"{zendesk.url}/attachments/label"
    event["event"]["comment"]["attachments"] = [{"filename": "label.pdf", "content_url": address}]
    for _ in range(2):
        await webhook.result_of(zendesk.signed(event))
        await baton.baton.workers.timers.fire_due()
    document = """query($id: ID!) { conversation(id: $id) { messages(first: 99) { nodes {
      author { kind name } attachments { name contentType bytes } } } } }"""
    nodes = (await baton.data(webhook.shop.owner, document, id=started.id))["conversation"]["messages"]["nodes"]
    [message] = [node for node in nodes if node["attachments"]]
    assert message["author"] == {"kind": "HUMAN_AGENT", "name": "Sam"}
    assert message["attachments"] == [{"name": "label.pdf", "contentType": "application/pdf", "bytes": 14}]
    assert len(zendesk.calls("GET /attachments/")) == 1


async def test_zendesk_closed_then_shopper_writes(baton: Program, webhook: ZendeskWebhook, zendesk: Zendesk) -> None:
    """Sources: zammad#983, #5714, dbt_zendesk#100: a follow-up ticket, which has the conversation from then on."""
    started, ticket = await in_zendesk(baton, webhook, zendesk)
    await webhook.result_of(zendesk.signed(zendesk.change_status(ticket, "closed")))
    await baton.say(started, "It broke again")
    await baton.say(started, "And again")
    await deliver(baton)
    first, second = sorted(zendesk.tickets.values(), key=lambda t: t.id)
    assert second.fields["via_followup_source_id"] == first.id
    assert second.requester_id == first.requester_id
    assert [c["plain_body"].split("\n")[0] for c in second.comments] == ["It broke again", "And again"]
    assert (await ticket_of(baton, webhook, started))["ticket"]["externalId"] == str(second.id)
    assert await of_kind(baton, webhook, started, "NOTE") == []
    reply = zendesk.signed(zendesk.add_agent_comment(second, "We send a new one."))
    assert await webhook.result_of(reply) == "accepted"
    for event in zendesk.own_comment_events(second):
        assert await webhook.result_of(zendesk.signed(event)) == "accepted: nothing new"


async def test_a_follow_up_ticket_is_created_once(baton: Program, webhook: ZendeskWebhook, zendesk: Zendesk) -> None:
    """A variation: the response is lost, and the follow-up is closed as well."""
    started, ticket = await in_zendesk(baton, webhook, zendesk)
    ticket.status = "closed"
    zendesk.faults.add(responding(503, {}), on="POST *")
    await baton.say(started, "It broke again")
    await deliver(baton, times=4)
    assert len(zendesk.tickets) == 2
    max(zendesk.tickets.values(), key=lambda t: t.id).status = "closed"
    await baton.say(started, "Once more")
    await deliver(baton, times=2)
    assert len(zendesk.tickets) == 3


async def test_a_merged_ticket_is_followed(baton: Program, webhook: ZendeskWebhook, zendesk: Zendesk) -> None:
    """A variation: a colleague merged the ticket into another."""
    started, ticket = await in_zendesk(baton, webhook, zendesk)
    other = zendesk.add_ticket(external_id=None, email="anna@example.com")
    zendesk.add_agent_comment(ticket, f"This request was closed and merged into request #{other.id}", public=False)
    ticket.fields["tags"] = ["baton", "closed_by_merge"]
    ticket.status = "closed"
    await baton.say(started, "It broke again")
    await deliver(baton)
    assert other.comments[-1]["plain_body"].split("\n")[0] == "It broke again"
    assert len(zendesk.tickets) == 2
    assert (await ticket_of(baton, webhook, started))["ticket"]["externalId"] == str(other.id)


async def test_what_cannot_be_passed_on_is_told(baton: Program, webhook: ZendeskWebhook, zendesk: Zendesk) -> None:
    """A variation of zammad#983: a note for the team each time, and a word to the shopper once."""
    started, _ = await in_zendesk(baton, webhook, zendesk)
    before = await of_kind(baton, webhook, started, "NOTICE")
    refused = responding(422, {"error": "RecordInvalid", "description": "Requester: Anna is suspended."})
    zendesk.faults.add(refused, on="PUT *", times=2)
    await baton.say(started, "It broke again")
    await baton.say(started, "Hello?")
    await deliver(baton)
    notes = await of_kind(baton, webhook, started, "NOTE")
    assert len(notes) == 2
    assert notes[0].startswith("Message 5 was not passed on to Zendesk: Zendesk returned 422: RecordInvalid")
    assert len(await of_kind(baton, webhook, started, "NOTICE")) == len(before) + 1


@pytest.mark.parametrize("visitor", [{"email": "anna@example.com"}, {"phone": "+15005551003"}])
async def test_zendesk_refuses_the_locale(
    baton: Program, webhook: ZendeskWebhook, zendesk: Zendesk, visitor: dict[str, str]
) -> None:
    """Sources: zendesk_api_client_rb#267, ZendeskApi_v2#96; a variation for a shopper without an address."""
    details = {"requester": [{"description": "Requester: Locale is not included in the list"}]}
    zendesk.faults.add(responding(422, {"error": "RecordInvalid", "details": details}), on="POST *")
    await baton.done(webhook.shop.owner, "updateHandoffSettings", helpdesk="ZENDESK", chatAfterHandoff="CONTINUES")
    payload = await baton.done(
        webhook.shop.widget,
        "startConversation",
        channel="SMS" if "phone" in visitor else "WEB_CHAT",
        text="Habari",
        locale="sw-KE",
        visitor=visitor,
    )
    given = {"conversationId": payload["conversation"]["id"], "epoch": 1, "reason": "EXPLICIT_ASK"}
    handoff = (await baton.done(webhook.shop.agent, "requestHandoff", **given))["handoff"]
    if "email" in visitor:
        await baton.done(payload["visitorToken"], "answerHandoffOffer", handoffId=handoff["id"], accept=True)
    await deliver(baton)
    document = "query($id: ID!) { conversation(id: $id) { ticket { delivery } } }"
    found = await baton.data(webhook.shop.owner, document, id=given["conversationId"])
    assert found["conversation"]["ticket"] == {"delivery": "DELIVERED"}
    assert len(zendesk.tickets) == 1
