"""Files of Gorgias' messages: named at once, and fetched by a worker with the account's credentials."""

from __future__ import annotations

import base64
from datetime import timedelta

import pytest

from dev.fakes.gorgias import API_KEY, USER, Gorgias
from tests.api.webhooks.gorgias.helpdesk import GorgiasHelpdesk
from tests.harness.files import PDF, download
from tests.harness.program import Json, Started

QUERY = """query($id: ID!) { conversation(id: $id) { messages(first: 99) { nodes {
  kind text author { kind name } attachments { name contentType bytes url } } } } }"""
FILE = {"name": "label.pdf", "content_type": "application/pdf", "size": len(PDF), "public": False}


async def messages_of(helpdesk: GorgiasHelpdesk, started: Started) -> list[Json]:
    data = await helpdesk.baton.data(helpdesk.shop.owner, QUERY, id=started.id)
    found: list[Json] = data["conversation"]["messages"]["nodes"]
    return found


async def import_and_fetch(helpdesk: GorgiasHelpdesk) -> None:
    await helpdesk.post_webhooks()
    await helpdesk.sync_tickets()
    await helpdesk.baton.baton.workers.timers.fire_due()


async def test_files_of_messages_are_fetched_once(helpdesk: GorgiasHelpdesk, gorgias: Gorgias) -> None:
    started, ticket = await helpdesk.hand_over()
    gorgias.files["label"] = PDF
    file = {**FILE, "url": f"{gorgias.url}/api/attachment/download/label"}
    gorgias.add_agent_message(ticket, "Your label", attachments=[file])
    gorgias.add_agent_message(ticket, "He is angry", public=False, attachments=[file])
    await import_and_fetch(helpdesk)
    gorgias.add_agent_message(ticket, "Did you get it?")  # the ticket is read again, with the file
    await import_and_fetch(helpdesk)
    messages = await messages_of(helpdesk, started)
    assert [m["text"] for m in messages if "label.pdf" in m["text"]] == ["Your label\n\n[attachment: label.pdf]"]
    [message] = [m for m in messages if m["attachments"]]
    [fetched] = message["attachments"]
    assert message["author"] == {"kind": "HUMAN_AGENT", "name": "Sam"}
    assert (fetched["name"], fetched["contentType"], fetched["bytes"]) == ("label.pdf", "application/pdf", len(PDF))
    assert (await download(helpdesk.baton, fetched["url"])).content == PDF
    [call] = gorgias.calls("GET /api/attachment/")
    assert call.headers["authorization"] == f"Basic {base64.b64encode(f'{USER}:{API_KEY}'.encode()).decode()}"


async def test_a_customers_file_is_the_shoppers(helpdesk: GorgiasHelpdesk, gorgias: Gorgias) -> None:
    started, ticket = await helpdesk.hand_over()
    gorgias.files["photo"] = PDF
    url = f"{gorgias.url}/api/attachment/download/photo"
    gorgias.add_customer_message(ticket, "", attachments=[{**FILE, "url": url}])
    await import_and_fetch(helpdesk)
    [message] = [m for m in await messages_of(helpdesk, started) if m["attachments"]]
    assert message["author"]["kind"] == "SHOPPER"


@pytest.mark.parametrize(
    ("url", "problem"),
    [("http://127.0.0.2:1/a.pdf", "It leads into a private network"), ("{gorgias}/api/attachment/download/no", "404")],
    ids=["inside", "gone"],
)
async def test_a_file_that_cannot_be_fetched_leaves_one_note(
    helpdesk: GorgiasHelpdesk, gorgias: Gorgias, url: str, problem: str
) -> None:
    started, ticket = await helpdesk.hand_over()
    gorgias.add_agent_message(ticket, "Here", attachments=[{**FILE, "url": url.format(gorgias=gorgias.url)}])
    await import_and_fetch(helpdesk)
    for _ in range(2):
        helpdesk.baton.clock.move(timedelta(hours=3))
        await helpdesk.baton.baton.workers.timers.fire_due()
    notes = [m["text"] for m in await messages_of(helpdesk, started) if m["kind"] == "NOTE"]
    [note] = [text for text in notes if "label.pdf" in text]
    assert note.startswith("The file label.pdf could not be fetched from Gorgias:")
    assert problem in note
