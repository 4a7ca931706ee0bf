"""Changes in the audit log: which fields, in short texts, and never a secret."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from domain.audit.changes import CHANGES_LIMIT, TEXT_LIMIT, all_fields, changes_between, values
from domain.connected_services.channels import MailServer, RepliesMailedBy
from domain.model.account import Account, Assignment
from domain.model.audit import AuditChange
from domain.model.connected_services import Service, UnsealedConnection
from domain.values.channel import Channel
from domain.values.ids import AccountId
from domain.values.record import replace

ACCOUNT = Account(id=AccountId("1"), name="Acme", created_at=datetime(2026, 3, 1, tzinfo=UTC))


def test_only_changed_fields_are_named() -> None:
    after = replace(
        ACCOUNT,
        agent_live=False,
        channels=(Channel.SMS, Channel.EMAIL),
        stranded_after=timedelta(minutes=90, seconds=5),
        assignment=Assignment.ROUND_ROBIN,
        away_message="Back\non Monday",
        version=2,
    )
    assert changes_between(ACCOUNT, after, all_fields(Account, without=["version"])) == (
        AuditChange(field="agent_live", before="true", after="false"),
        AuditChange(field="channels", before="WEB_CHAT, SMS, EMAIL, WHATSAPP", after="SMS, EMAIL"),
        AuditChange(field="away_message", after="Back on Monday"),
        AuditChange(field="assignment", before="MANUAL", after="ROUND_ROBIN"),
        AuditChange(field="stranded_after", before="PT15M", after="PT1H30M5S"),
    )


def test_a_long_list_shows_the_items_that_differ() -> None:
    days = tuple(date(2026, 1, 1) + timedelta(days=n) for n in range(100))
    before, after = replace(ACCOUNT, holidays=days), replace(ACCOUNT, holidays=(*days[1:], date(2027, 1, 1)))
    [change] = changes_between(before, after, ["holidays"])
    assert change == AuditChange(field="holidays", before="2026-01-01", after="2027-01-01")


def test_a_secret_is_named_and_not_shown() -> None:
    before = MailServer(host="a", from_address="a@a.example", replies_mailed_by=RepliesMailedBy.BATON)
    after = replace(before, host="b", user="u", password="do not show")
    assert changes_between(before, after, all_fields(MailServer)) == (
        AuditChange(field="host", before="a", after="b"),
        AuditChange(field="user", after="u"),
        AuditChange(field="password"),
    )
    assert changes_between(None, after, ["password"]) == (AuditChange(field="password"),)
    [change] = values(server=after)
    assert change.after == "b a@a.example BATON 587 u false"


def test_mappings_are_named_by_key() -> None:
    before = UnsealedConnection(service=Service.EMAIL, settings={"host": "a", "port": "25"}, secrets={"password": "p"})
    after = replace(before, settings={"host": "b", "user": "u"}, secrets={"password": "q"})
    assert changes_between(before, after, all_fields(UnsealedConnection)) == (
        AuditChange(field="settings.host", before="a", after="b"),
        AuditChange(field="settings.port", before="25"),
        AuditChange(field="settings.user", after="u"),
        AuditChange(field="secrets"),
    )


def test_entries_are_bounded() -> None:
    [change] = changes_between(ACCOUNT, replace(ACCOUNT, greeting="x" * 2_000), ["greeting"])
    assert change.after is not None
    assert len(change.after) == TEXT_LIMIT
    many = values(**{f"field_{n}": n for n in range(80)})
    assert len(many) == CHANGES_LIMIT
    assert many[-1] == AuditChange(field="…", after="31 more")


def test_created_and_deleted() -> None:
    assert changes_between(None, ACCOUNT, ["name"]) == (AuditChange(field="name", after="Acme"),)
    assert changes_between(ACCOUNT, None, ["name"]) == (AuditChange(field="name", before="Acme"),)
    assert values(name=None, days=timedelta(0)) == (AuditChange(field="days", after="PT0S"),)
