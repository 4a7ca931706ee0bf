"""A reference for reports: the same numbers from raw conversations, without the product's code."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any
from zoneinfo import ZoneInfo

from resolvers.relay.global_ids import to_global_id
from tests.harness.program import Json, Program, Shop

_LIST = "(first: 100) { totalCount nodes { id status } }"
_SERIES = "{ key label total points { date count } }"
REPORT = f"""query($range: DateRangeInput!, $filter: MetricsFilter, $asOf: DateTime) {{
  metrics(range: $range, filter: $filter, asOf: $asOf) {{
    range {{ start end timeZone }}
    totalVolume {{ count rate conversations{_LIST} }}
    resolvedByAi {{ count rate conversations{_LIST} }}
    notResolvedByAi {{ count rate conversations{_LIST} }}
    open {{ count rate conversations{_LIST} }}
    closed {{ count rate conversations{_LIST} }}
    aiGeneratedSales {{ amount currency }}
    averageOrderValue {{ amount currency }}
    sales(first: 100) {{ totalCount nodes {{ orderId amount {{ amount currency }} }} }}
    channels: series(groupBy: CHANNEL) {_SERIES}
    statuses: series(groupBy: STATUS) {_SERIES}
    tags: series(groupBy: TAG) {_SERIES}
    skills {{ skill count resolvedByAi notResolvedByAi open closed resolutionRate }}
    previous {{ totalVolume {{ count }} }}
  }}
}}"""
OUTCOMES = {
    "totalVolume": None,
    "resolvedByAi": "RESOLVED_BY_AI",
    "notResolvedByAi": "NOT_RESOLVED_BY_AI",
    "open": "OPEN",
    "closed": "CLOSED",
}
CHANNELS = ("WEB_CHAT", "SMS", "EMAIL", "WHATSAPP")
STATUSES = ("OPEN", "RESOLVED_BY_AI", "NOT_RESOLVED_BY_AI", "CLOSED")


async def rows_of(baton: Program, shop: Shop) -> list[Json]:
    return await baton.database["conversations"].find({"account": shop.id}).to_list()


async def report(
    baton: Program, shop: Shop, start: date, end: date, as_of: datetime | None = None, **filter: Any
) -> Json:
    variables: Json = {"range": {"between": {"start": start.isoformat(), "end": end.isoformat()}}}
    if filter:
        variables["filter"] = filter
    if as_of is not None:
        variables["asOf"] = as_of.isoformat()
    metrics: Json = (await baton.data(shop.owner, REPORT, **variables))["metrics"]
    return metrics


def expected(
    rows: Iterable[Json],
    start: date,
    end: date,
    zone: str,
    channel: list[str] | None = None,
    tag: list[str] | None = None,
) -> Json:
    def fits(row: Json) -> bool:
        return (channel is None or row["channel"] in channel) and (
            tag is None or bool(set(tag) & set(row.get("tags", [])))
        )

    def day(row: Json) -> date:
        return row["started_at"].astimezone(ZoneInfo(zone)).date()

    fitting = [row for row in rows if fits(row)]
    among = [row for row in fitting if start <= day(row) <= end]
    length = (end - start).days + 1
    days = [start + timedelta(days=n) for n in range(length)]
    before = [row for row in fitting if start - timedelta(days=length) <= day(row) < start]

    def series(
        keys: Iterable[str], belongs: Callable[[Json, str], bool], labels: Json | None = None
    ) -> dict[str, Json]:
        made = {}
        for key in keys:
            counts = Counter(day(row) for row in among if belongs(row, key))
            made[key] = {
                "total": sum(counts.values()),
                "points": [{"date": d.isoformat(), "count": counts[d]} for d in days],
            }
        return made

    tags = sorted({t for row in among for t in row.get("tags", [])} | set(tag or []))
    by_tag = series(tags, lambda row, key: key in row.get("tags", []))
    if tag is None:
        by_tag |= series([""], lambda row, _: not row.get("tags"))
    return {
        "range": {"start": start.isoformat(), "end": end.isoformat(), "timeZone": zone},
        **{name: _outcome(among, status) for name, status in OUTCOMES.items()},
        **_sales(among),
        "channels": series(channel or CHANNELS, lambda row, key: row["channel"] == key),
        "statuses": series(STATUSES, lambda row, key: row["status"] == key),
        "tags": by_tag,
        "skills": _skills(among),
        "previous": {"totalVolume": {"count": len(before)}},
    }


def _outcome(among: list[Json], status: str | None) -> Json:
    rows = [row for row in among if status in (None, row["status"])]
    newest = sorted(rows, key=lambda row: (row["started_at"], row["_id"]), reverse=True)
    return {
        "count": len(rows),
        "rate": len(rows) / len(among) if among else None,
        "conversations": {
            "totalCount": len(rows),
            "nodes": [{"id": to_global_id("Conversation", r["_id"]), "status": r["status"]} for r in newest[:100]],
        },
    }


def _sales(among: list[Json]) -> Json:
    sold: defaultdict[str, list[Decimal]] = defaultdict(list)
    nodes = []
    for row in sorted(among, key=lambda row: (row["started_at"], row["_id"]), reverse=True):
        for sale in sorted(row.get("sales", []), key=lambda sale: sale["id"], reverse=True):
            money = sale["amount"]
            sold[money["currency"]].append(Decimal(money["amount"]))
            nodes.append({"orderId": sale["order_id"], "amount": money})
    cent = Decimal("0.01")
    return {
        "aiGeneratedSales": [
            {"amount": str(sum(prices, Decimal(0)).quantize(cent)), "currency": currency}
            for currency, prices in sorted(sold.items())
        ],
        "averageOrderValue": [
            {"amount": str((sum(prices, Decimal(0)) / len(prices)).quantize(cent, ROUND_HALF_EVEN)), "currency": c}
            for c, prices in sorted(sold.items())
        ],
        "sales": {"totalCount": len(nodes), "nodes": nodes[:100]},
    }


def _skills(among: list[Json]) -> dict[str | None, Json]:
    skills = {}
    for skill in {row.get("final_skill") for row in among}:
        counts = Counter(row["status"] for row in among if row.get("final_skill") == skill)
        resolved = counts["RESOLVED_BY_AI"]
        skills[skill] = {
            "count": counts.total(),
            "resolvedByAi": resolved,
            "notResolvedByAi": counts["NOT_RESOLVED_BY_AI"],
            "open": counts["OPEN"],
            "closed": counts["CLOSED"],
            "resolutionRate": resolved / counts.total(),
        }
    return skills


def comparable(metrics: Json) -> Json:
    """Series and skills by their keys, after checks of their order and sums."""
    report = dict(metrics)
    for name in ("channels", "statuses", "tags"):
        for one in report[name]:
            assert one["total"] == sum(point["count"] for point in one["points"])
        report[name] = {one["key"]: {"total": one["total"], "points": one["points"]} for one in report[name]}
        assert len(report[name]) == len(metrics[name])
        if name != "tags":
            assert sum(one["total"] for one in metrics[name]) == metrics["totalVolume"]["count"]
    report["skills"] = {one["skill"]: {k: v for k, v in one.items() if k != "skill"} for one in metrics["skills"]}
    assert sum(one["count"] for one in metrics["skills"]) == metrics["totalVolume"]["count"]
    assert sum(metrics[name]["count"] for name in OUTCOMES) == 2 * metrics["totalVolume"]["count"]
    return report


async def check(
    baton: Program, shop: Shop, start: date, end: date, zone: str, rows: list[Json] | None = None, **how: Any
) -> Json:
    """Compare a report with the recount, and return it."""
    metrics = await report(baton, shop, start, end, **how)
    how.pop("as_of", None)
    wanted = expected(await rows_of(baton, shop) if rows is None else rows, start, end, zone, **how)
    given = comparable(metrics)
    assert given == wanted, {key: (given[key], wanted[key]) for key in wanted if given[key] != wanted[key]}
    return metrics
