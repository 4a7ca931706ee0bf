"""The guides that need nothing but a server: sales, metrics, search and export, webhooks."""

from __future__ import annotations

from zipfile import ZipFile

from tests.docs.pages import blocks_of
from tests.docs.shell import reading
from tests.e2e.processes import Machine


async def test_a_click_an_order_and_a_refund(machine: Machine, shared_mongo: dict[str, str]) -> None:
    [steps] = blocks_of("docs/guides/sales.md", "sh")
    reader = await reading(machine, **shared_mongo)
    _, _, clicked, bought, refunded = [answer["data"] for answer in await reader.paste(steps)]
    assert clicked == {"recordProductClick": {"recorded": True, "errors": []}}
    sale = {"orderId": "1001", "amount": {"amount": "30.00", "currency": "EUR"}, "touch": "PRODUCT_CARD_CLICK"}
    assert bought == {"recordOrder": {"sales": [{**sale, "window": "P1D"}], "errors": []}}
    assert refunded == {"recordRefund": {"sales": [{"amount": {"amount": "17.50"}}], "errors": []}}


async def test_events_are_listed_counted_and_exported(machine: Machine, shared_mongo: dict[str, str]) -> None:
    reader = await reading(machine, **shared_mongo)
    [start, *_] = blocks_of("docs/guides/helpdesks.md", "sh")
    await reader.paste(start)  # Anna's parcel

    [metrics] = blocks_of("docs/guides/metrics.md", "sh")
    [report] = await reader.paste(metrics)
    assert "errors" not in report
    assert report["data"]["metrics"]["totalVolume"]["count"] == 1
    assert report["data"]["metrics"]["series"][0]["label"] == "Untagged"

    find, export = blocks_of("docs/guides/search-and-export.md", "sh")
    _, found = await reader.paste(find)
    expected = [{"displayName": "anna@example.com", "firstQuestion": "My parcel is broken"}] * 2
    assert found["data"]["conversations"]["nodes"] == expected
    assert await reader.paste(f". docs/try.sh\n{export}") == []
    header, row, *_ = (reader.folder / ".baton" / "conversations.csv").read_text().splitlines()
    assert "My parcel is broken" in row, header

    [feed] = blocks_of("docs/guides/webhooks.md", "sh")
    events, escalated, recommended = [answer["data"] for answer in await reader.paste(feed)]
    assert len(events["eventMetrics"]) == 4
    assert [event["name"] for event in events["events"]["nodes"]] == [
        "Started Conversation with Customer Agent",
        "Conversation with Customer Agent Escalated",
        "Started Conversation with Customer Agent",
    ]
    assert escalated["segment"]["nodes"] == [{"displayName": "anna@example.com", "email": "anna@example.com"}]
    assert recommended["segment"]["totalCount"] == 0


async def test_a_browser_comes_back_and_a_claim_does_not(machine: Machine, shared_mongo: dict[str, str]) -> None:
    [back] = blocks_of("docs/guides/shoppers.md", "sh")
    reader = await reading(machine, **shared_mongo)
    first, again, other = [answer["data"]["startConversation"] for answer in await reader.paste(back)]
    assert again["conversation"] == {"id": first["conversation"]["id"], "messageCount": 2}
    assert other["conversation"]["id"] != first["conversation"]["id"]

    rules, replay = blocks_of("docs/guides/guidance.md", "sh")
    changed, started = [answer["data"] for answer in await reader.paste(rules)]
    assert changed["updateGuidance"]["errors"] == []
    assert len(changed["updateGuidance"]["guidance"]["escalationRules"]) == 4
    conversation = started["startConversation"]["conversation"]
    assert conversation["handoff"] == {"state": "OFFERED", "reason": "ESCALATION_RULE"}
    assert conversation["lastMessage"]["kind"] == "HANDOFF_OFFER"
    report, answer = await reader.paste(replay)
    total = answer["data"]["ruleReplay"]["total"]
    assert total["conversations"]["count"] == report["total"]["conversations"] >= 3
    assert [edge["rule"] for edge in total["falsePositives"]["conversations"]["edges"]] == ["Legal"]
    assert (reader.folder / ".baton" / "replay.jsonl").exists()


async def test_staff_and_keys(machine: Machine, shared_mongo: dict[str, str]) -> None:
    colleague, changes, keys = blocks_of("docs/guides/staff-and-keys.md", "sh")
    reader = await reading(machine, **shared_mongo)
    invited, me = [answer["data"] for answer in await reader.paste(colleague)]
    assert invited["inviteStaff"]["errors"] == []
    assert me == {"me": {"name": "Sue", "role": "SUPPORT"}}
    role, suspended, reinstated = [answer["data"] for answer in await reader.paste(f". docs/try.sh\n{changes}")]
    assert role == {"updateStaff": {"staff": {"role": "ANALYST"}, "errors": []}}
    assert suspended["suspendStaff"]["staff"]["suspendedAt"] is not None
    assert reinstated == {"reinstateStaff": {"staff": {"suspendedAt": None}, "errors": []}}
    created, rotated, revoked, listed = [answer["data"] for answer in await reader.paste(f". docs/try.sh\n{keys}")]
    assert created["createKey"]["errors"] == rotated["rotateKey"]["errors"] == revoked["revokeKey"]["errors"] == []
    nodes = listed["account"]["keys"]["nodes"]
    assert [(node["label"], bool(node["revokedAt"])) for node in nodes] == [
        *(("Warehouse", True), ("Warehouse", False), ("Laptop of Sue", False))
    ]
    [trusted] = blocks_of("docs/guides/clients.md", "sh")
    registered, created, answer = await reader.paste(trusted)
    assert registered == {"registered": 1, "total": 1}
    assert created["data"]["createKey"]["errors"] == []
    assert answer == {"data": {"account": {"name": "Demo shop"}}}


async def test_knowledge_is_written_and_a_catalogue_imported(machine: Machine, shared_mongo: dict[str, str]) -> None:
    articles, products, search, gaps = blocks_of("docs/guides/knowledge.md", "sh")
    reader = await reading(machine, **shared_mongo)
    article, snippet, listed = [answer["data"] for answer in await reader.paste(articles)]
    assert article["createArticle"]["errors"] == snippet["createArticle"]["errors"] == []
    assert [node["kind"] for node in listed["articles"]["nodes"]] == ["SNIPPET", "ARTICLE"]
    tally, found = await reader.paste(products)
    assert tally == {"read": 2, "changed": 2, "total": 2, "malformed": []}
    lamp, desk = found["data"]["catalog"]["nodes"]
    assert (lamp["title"], lamp["available"], lamp["price"]["amount"]) == ("Brass lamp", True, "49.90")
    assert desk["available"] is False
    [found] = await reader.paste(search)
    best = found["data"]["searchKnowledge"][0]
    assert (best["title"], best["sufficient"]) == ("Returns and refunds", True)
    _, asked, listed, written = [answer["data"] for answer in await reader.paste(gaps)]
    assert asked["requestHandoff"]["errors"] == []
    assert [gap["question"] for gap in listed["knowledgeGaps"]["nodes"]] == ["Do you engrave watches?"]
    assert written["createArticleFromGap"]["article"]["kind"] == "SNIPPET"


async def test_a_file_is_sent_and_read(machine: Machine, shared_mongo: dict[str, str]) -> None:
    [steps] = blocks_of("docs/guides/attachments.md", "sh")
    reader = await reading(machine, **shared_mongo)
    _, created, stored, sent = await reader.paste(steps)
    assert created["data"]["createUpload"]["errors"] == []
    assert stored == {"contentType": "text/plain", "bytes": 19}
    [file] = sent["data"]["sendMessage"]["message"]["attachments"]
    assert (file["name"], file["bytes"]) == ("lamp.txt", 19)
    assert (reader.folder / ".baton" / "received.txt").read_text() == "Serial number 1001\n"


async def test_an_agent_claims_a_turn_and_is_tried_out(machine: Machine, shared_mongo: dict[str, str]) -> None:
    built_in, steps, trial = blocks_of("docs/guides/agents.md", "sh")
    reader = await reading(machine, **{**shared_mongo, "BATON_DEMO_AGENT": "true"})
    changed, previewed = [answer["data"] for answer in await reader.paste(built_in)]
    assert changed["updateAgentSettings"]["agentSettings"]["answeredBy"] == "BUILT_IN"
    assert previewed["known"]["text"].startswith("You can send an item back within 30 days")
    assert (previewed["unknown"]["decision"], previewed["unknown"]["reason"]) == ("HANDOFF", "KNOWLEDGE_GAP")
    _, listed, claimed, extended, posted = [answer["data"] for answer in await reader.paste(steps)]
    [turn] = listed["agentTurns"]["nodes"]
    assert (turn["lease"], [m["text"] for m in turn["messages"]]) == (None, ["Where is my parcel?"])
    assert claimed["claimAgentTurn"]["turn"]["lease"]["number"] == 1
    assert extended["heartbeatAgentTurn"]["errors"] == []
    assert posted == {"postAgentMessage": {"message": {"sequence": 2, "text": "It arrives tomorrow."}, "errors": []}}

    answers = await reader.paste(trial)
    assert [answer.get("errors") for answer in answers] == [None] * 3
    begun, sent, found = [answer["data"] for answer in answers]
    started = begun["startConversation"]["conversation"]
    assert (started["isTest"], started["displayName"]) == (True, "Test shopper")
    assert sent == {"sendMessage": {"message": {"sequence": 2}, "errors": []}}
    [row] = found["testConversations"]["nodes"]
    assert (row["id"], row["firstQuestion"], row["status"]) == (started["id"], "Do you ship to Rome?", "OPEN")


async def test_a_message_loses_its_words(machine: Machine, shared_mongo: dict[str, str]) -> None:
    redaction, times, hold, person = blocks_of("docs/guides/retention.md", "sh")
    reader = await reading(machine, **shared_mongo)
    started, redacted = [answer["data"] for answer in await reader.paste(redaction)]
    assert started["startConversation"]["message"]["id"]
    left = redacted["redactMessage"]["message"]
    assert (left["text"], left["conversation"]["firstQuestion"], redacted["redactMessage"]["errors"]) == ("", "", [])
    [kept] = [answer["data"] for answer in await reader.paste(times)]
    assert kept["updateRetention"]["retention"] == {"transcripts": "P365D", "attachments": "P90D", "events": "P365D"}
    [held] = [answer["data"] for answer in await reader.paste(hold)]
    assert held["setLegalHold"]["conversation"]["legalHold"]["reason"] == "Case 17/2026"
    found, export = [answer["data"] for answer in await reader.paste(person)]
    assert found["conversations"]["nodes"]
    assert export["exportProfile"]["errors"] == []
    with ZipFile(reader.folder / ".baton" / "person.zip") as archive:
        assert archive.testzip() is None
        assert "messages.ndjson" in archive.namelist()
