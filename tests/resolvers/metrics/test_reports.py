"""Reports: refused input, days and instants, large numbers of tags, and lists in columns."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from domain.erased import ErasureHashes
from domain.imports.model import ImportedConversation, ImportedMessage
from domain.imports.service import HistoryService
from domain.model.conversation import AuthorKind
from domain.reactions import REACTIONS
from integrations.mongo.client import connect
from integrations.mongo.stats.tag_dictionary import TagCache
from integrations.mongo.storage.storage import MongoStorage
from resolvers.context import Context
from resolvers.schema import schema
from tests.harness.program import Program, Shop
from tests.resolvers.metrics.histories import START, History
from tests.resolvers.metrics.reference import check, report, rows_of

ASK = """query($range: DateRangeInput!, $filter: MetricsFilter, $asOf: DateTime, $top: Int) {
  metrics(range: $range, filter: $filter, asOf: $asOf) {
    totalVolume { count } series(groupBy: TAG, top: $top) { key } } }"""
TODAY = {"preset": "TODAY"}


def between(start: str, end: str) -> dict[str, Any]:
    return {"range": {"between": {"start": start, "end": end}}}


REFUSED: list[tuple[dict[str, Any], str]] = [
    (between("2026-06-08", "2026-06-07"), "INVALID"),
    (between("1969-12-31", "1970-01-01"), "INVALID"),
    (between("2199-12-31", "2200-01-02"), "INVALID"),
    (between("2010-01-01", "2026-06-07"), "INVALID"),
    (between("2026-02-30", "2026-03-01"), "BAD_USER_INPUT"),
    ({"range": {"preset": "LAST_CENTURY"}}, "BAD_USER_INPUT"),
    ({"range": {}}, "BAD_USER_INPUT"),
    ({"range": {**TODAY, **between("2026-06-01", "2026-06-02")["range"]}}, "BAD_USER_INPUT"),
    ({"range": TODAY, "filter": {"channel": []}}, "INVALID"),
    ({"range": TODAY, "filter": {"tag": ["t"] * 101}}, "INVALID"),
    ({"range": TODAY, "top": 0}, "INVALID"),
    ({"range": TODAY, "top": 1_001}, "INVALID"),
    ({"range": TODAY, "asOf": "2026-06-07T12:00:00.001Z"}, "INVALID"),  # in the future
    ({"range": TODAY, "asOf": "2026-06-07T11:59:59.999Z"}, "INVALID"),  # before the account was created
]


async def test_what_cannot_be_asked_is_refused(baton: Program, shop: Shop) -> None:
    before = await baton.fingerprints()
    for variables, code in REFUSED:
        answer = await baton.ask(shop.owner, ASK, **variables)
        assert answer.codes == [code], (variables, answer)
    assert await baton.fingerprints() == before


async def test_nothing_to_count(baton: Program, shop: Shop) -> None:
    metrics = await check(baton, shop, date(2026, 6, 1), date(2026, 6, 3), "UTC")
    assert metrics["totalVolume"] == {"count": 0, "rate": None, "conversations": {"totalCount": 0, "nodes": []}}
    assert [one["key"] for one in metrics["tags"]] == [""]
    assert [point["date"] for point in metrics["tags"][0]["points"]] == ["2026-06-01", "2026-06-02", "2026-06-03"]


async def test_a_day_that_the_calendar_skipped_is_there_and_empty(baton: Program, shop: Shop) -> None:
    await baton.done(shop.owner, "updateAccount", timeZone="Pacific/Apia")
    history = History(baton, shop, 5)
    for _ in range(12):
        await history.import_batch()
    metrics = await check(baton, shop, date(2011, 12, 29), date(2011, 12, 31), "Pacific/Apia")
    _thursday, friday, _saturday = (point["count"] for point in metrics["statuses"][0]["points"])
    assert friday == 0
    assert metrics["totalVolume"]["count"] > 0


async def test_reports_reach_as_far_back_as_what_was_is_kept(baton: Program, shop: Shop) -> None:
    ask = """query($at: DateTime) { metrics(range: {preset: TODAY}, asOf: $at) {
      asOf reachesBackTo totalVolume { count } } }"""
    started = await baton.start(shop, anonymousId="one")
    metrics = (await baton.data(shop.owner, ask))["metrics"]
    assert metrics == {
        "asOf": "2026-06-07T12:00:00.000Z",
        "reachesBackTo": "2026-06-07T12:00:00.000Z",
        "totalVolume": {"count": 1},
    }
    baton.clock.move(timedelta(days=8))
    await baton.done(started.token, "closeConversation", conversationId=started.id)
    await baton.baton.workers.maintenance.trim()
    assert (await baton.data(shop.owner, ask))["metrics"]["reachesBackTo"] == "2026-06-08T12:00:00.000Z"
    refused = await baton.ask(shop.owner, ask, at="2026-06-08T11:59:59.999Z")
    assert refused.codes == ["INVALID"]
    assert "2026-06-08T12:00:00.000Z" in refused.errors[0]["message"]
    assert refused.errors[0]["extensions"]["path"] == ["asOf"]
    past = await baton.database["events"].find({"history": {"$exists": True}}).to_list()
    assert [event["history"]["replaced_at"] for event in past] == [datetime(2026, 6, 15, 12, tzinfo=UTC)]


async def test_lists_stand_as_they_stood(baton: Program, shop: Shop) -> None:
    """Pages of a past instant, in both directions, equal those of that time."""
    ask = """query($at: DateTime!, $first: Int, $last: Int, $after: String, $before: String) {
      conversations(asOf: $at, first: $first, last: $last, after: $after, before: $before,
        orderBy: {field: LAST_MESSAGE_AT, direction: DESC}) {
        totalCount nodes { id status messageCount } pageInfo { endCursor startCursor hasNextPage } } }"""
    started = []
    for n in range(5):
        started.append(await baton.start(shop, anonymousId=str(n)))
        baton.clock.move(timedelta(seconds=1))
    then = baton.clock.now()
    now = "{ conversations(orderBy: {field: LAST_MESSAGE_AT, direction: DESC}) { nodes { id status messageCount } } }"
    stood = (await baton.data(shop.owner, now))["conversations"]["nodes"]
    baton.clock.move(timedelta(seconds=1))
    await baton.say(started[0])
    await baton.done(started[3].token, "closeConversation", conversationId=started[3].id)
    await baton.start(shop, anonymousId="later")
    found, after = [], None
    while True:
        page = (await baton.data(shop.owner, ask, at=then.isoformat(), first=2, after=after))["conversations"]
        assert page["totalCount"] == 5
        found += page["nodes"]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert found == stood
    last = (await baton.data(shop.owner, ask, at=then.isoformat(), last=2))["conversations"]["nodes"]
    assert last == stood[-2:]


async def test_columns_are_what_graphql_core_makes_of_rows(baton: Program, shop: Shop) -> None:
    baton.clock.set(START)
    history = History(baton, shop, 11)
    for _ in range(15):
        await history.step()
    principal = await baton.baton.services.accounts.principal_of(shop.owner)
    for selected in (
        "key label total points { date count }",
        "points { n: count date again: date }",
        "... on Series { total } points { ...P } points { count } ",
        "__typename key points { __typename count }",
        "key points @skip(if: true) { count } total @include(if: true)",
        "key points { count @skip(if: true) date }",
        "points { count }",
        "points { date }",
        "points { one: count two: count }",
    ):
        document = f"""{{ metrics(range: {{preset: LAST_30_DAYS}}) {{
          CHANNEL: series(groupBy: CHANNEL) {{ {selected} }} TAG: series(groupBy: TAG) {{ {selected} }} }} }}
          {"fragment P on SeriesPoint { date }" if "...P" in selected else ""}"""
        plain = await schema.execute(
            document, context_value=Context(services=baton.baton.services, principal=principal)
        )
        assert plain.errors is None
        assert await baton.data(shop.owner, document) == plain.data, selected


async def test_tags_beyond_the_most_are_counted_together_and_exactly_where_asked_for(
    baton: Program, shop: Shop
) -> None:
    """Fifty tags, with a limit of ten separately counted tags per account."""
    database = connect(baton.uri, database=baton.baton.settings.mongodb_database)
    few = TagCache(max_counted_tags=10)
    storage = MongoStorage(database=database, clock=baton.clock, reactions=REACTIONS, tags=few)
    for number in range(3):
        await _import_tagged(HistoryService(storage=storage, hashes=ErasureHashes(b"secret")), shop, number)
    await storage.close()
    await database.close()
    day = baton.clock.now().date()
    metrics = await report(baton, shop, day, day)
    rows = await rows_of(baton, shop)
    series = {one["key"]: one["total"] for one in metrics["tags"]}
    assert len(series) == 12
    assert series["*"] == len([row for row in rows if set(row["tags"]) - series.keys()])
    rare = next(tag for row in rows for tag in row["tags"] if tag not in series)
    common = next(tag for tag in series if tag not in ("", "*"))
    for tags in ([rare], [common], [rare, common]):
        wanted = len([row for row in rows if set(tags) & set(row["tags"])])
        outcome = (await report(baton, shop, day, day, tag=tags))["totalVolume"]
        assert (outcome["count"], outcome["conversations"]["totalCount"]) == (wanted, wanted)
    assert [f async for f in baton.baton.ports.counters.examine(lambda _: None)] == []
    day_document = await baton.database["account_state"].find_one(
        {"_id": {"$regex": f"^{shop.id}"}, "day": {"$exists": True}}
    )
    assert day_document is not None
    assert len(day_document["by_tag"]) == 11


async def _import_tagged(history: HistoryService, shop: Shop, number: int) -> None:
    message = (ImportedMessage(author=AuthorKind.SHOPPER, text="Hi"),)
    tagged = [
        ImportedConversation(
            source="tags", key=f"{number}-{n}", messages=message, tags=(f"tag {n}", f"tag {(n * 7) % 50}")
        )
        for n in range(50)
    ]
    await history.import_batch(shop.id, tagged)
