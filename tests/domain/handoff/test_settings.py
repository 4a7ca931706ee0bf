"""A change of the handoff settings is applied whole, or refused with the path of the wrong value."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from domain.handoff.errors import NotConnected
from domain.handoff.settings import SettingsChange, SettingsText, apply_change
from domain.model.handoff import ChatAfterHandoff, HandoffMethod, HandoffSettings, Helpdesk, IdentityPolicy
from domain.values.errors import Conflict, ErrorCode, Invalid, Refusal
from domain.values.record import replace

THEN = datetime(2026, 7, 6, 8, 0, tzinfo=UTC)
NOW = THEN + timedelta(days=1)
PLAIN = HandoffSettings(id="account", updated_at=THEN)
OWN = replace(
    PLAIN,
    custom_message="Write to us.",
    offer_text="A human?",
    accept_label="Yes",
    decline_label="No",
    version=7,
)
MESSAGE = replace(OWN, method=HandoffMethod.MESSAGE)


def _applied(
    settings: HandoffSettings, change: SettingsChange, connected: frozenset[Helpdesk] = frozenset()
) -> HandoffSettings:
    return apply_change(settings, change, connected=connected, now=NOW)


def _refusal(
    settings: HandoffSettings, change: SettingsChange, connected: frozenset[Helpdesk] = frozenset()
) -> Refusal:
    with pytest.raises(Refusal) as refused:
        _applied(settings, change, connected)
    return refused.value


@pytest.mark.parametrize("settings", [PLAIN, OWN, MESSAGE])
def test_omitted_fields_stay(settings: HandoffSettings) -> None:
    assert _applied(settings, SettingsChange()) == replace(settings, version=settings.version + 1, updated_at=NOW)


def test_everything_given_is_taken() -> None:
    change = SettingsChange(
        method=HandoffMethod.MESSAGE,
        helpdesk=Helpdesk.ZENDESK,
        custom_message="Write to [us](mailto:team@shop.com).",
        chat_after_handoff=ChatAfterHandoff.CONTINUES,
        identity_policy=IdentityPolicy.SIGNED_IN,
        offer_text="Shall we? https://shop.com/privacy",
        accept_label=" Please do ",
        decline_label="No thanks",
        expected_version=1,
    )
    assert _applied(PLAIN, change, frozenset({Helpdesk.ZENDESK})) == HandoffSettings(
        id="account",
        updated_at=NOW,
        method=HandoffMethod.MESSAGE,
        helpdesk=Helpdesk.ZENDESK,
        custom_message="Write to [us](mailto:team@shop.com).",
        chat_after_handoff=ChatAfterHandoff.CONTINUES,
        identity_policy=IdentityPolicy.SIGNED_IN,
        offer_text="Shall we? https://shop.com/privacy",
        accept_label="Please do",
        decline_label="No thanks",
        version=2,
    )


def test_cleared_texts_are_gone() -> None:
    changed = _applied(OWN, SettingsChange(cleared=frozenset(SettingsText)))
    assert changed == replace(PLAIN, version=8, updated_at=NOW)


def test_clearing_one_text_keeps_the_others() -> None:
    changed = _applied(OWN, SettingsChange(cleared=frozenset({SettingsText.ACCEPT_LABEL})))
    assert changed == replace(OWN, accept_label=None, version=8, updated_at=NOW)


@pytest.mark.parametrize("expected", [0, 6, 8, -1])
def test_another_version_is_a_conflict(expected: int) -> None:
    refused = _refusal(OWN, SettingsChange(expected_version=expected, accept_label=""))
    assert isinstance(refused, Conflict)
    assert refused.field == ("expected_version",)
    assert refused.message == "Somebody else has changed the settings. They have version 7 now: read them again."


@pytest.mark.parametrize(
    ("helpdesk", "connected", "message"),
    [
        (Helpdesk.ZENDESK, frozenset[Helpdesk](), "Connect Zendesk before you choose it."),
        (Helpdesk.ZENDESK, frozenset({Helpdesk.GORGIAS}), "Connect Zendesk before you choose it."),
        (Helpdesk.GORGIAS, frozenset({Helpdesk.ZENDESK}), "Connect Gorgias before you choose it."),
    ],
)
def test_a_helpdesk_is_connected_before_it_is_chosen(
    helpdesk: Helpdesk, connected: frozenset[Helpdesk], message: str
) -> None:
    for method in (None, HandoffMethod.HELPDESK, HandoffMethod.MESSAGE):
        refused = _refusal(OWN, SettingsChange(helpdesk=helpdesk, method=method), connected)
        assert isinstance(refused, NotConnected)
        assert (refused.code, refused.helpdesk, refused.field) == (
            ErrorCode.NOT_CONNECTED,
            helpdesk,
            ("helpdesk",),
        )
        assert refused.message == message
    assert _applied(OWN, SettingsChange(helpdesk=helpdesk), frozenset({helpdesk})).helpdesk is helpdesk


def test_the_inbox_needs_no_connection() -> None:
    zendesk = replace(OWN, helpdesk=Helpdesk.ZENDESK)
    assert _applied(zendesk, SettingsChange(helpdesk=Helpdesk.INBOX)).helpdesk is Helpdesk.INBOX


def test_a_broken_connection_is_in_the_way_of_choosing_only() -> None:
    zendesk = replace(MESSAGE, helpdesk=Helpdesk.ZENDESK)
    refused = _refusal(zendesk, SettingsChange(method=HandoffMethod.HELPDESK))
    assert isinstance(refused, NotConnected)
    assert refused.field == ("method",)
    assert _applied(zendesk, SettingsChange(custom_message="Hello")).custom_message == "Hello"


@pytest.mark.parametrize(
    ("settings", "change"),
    [
        (PLAIN, SettingsChange(method=HandoffMethod.MESSAGE)),
        (OWN, SettingsChange(method=HandoffMethod.MESSAGE, cleared=frozenset({SettingsText.CUSTOM_MESSAGE}))),
        (MESSAGE, SettingsChange(cleared=frozenset({SettingsText.CUSTOM_MESSAGE}))),
    ],
)
def test_the_method_message_needs_a_message(settings: HandoffSettings, change: SettingsChange) -> None:
    refused = _refusal(settings, change)
    assert isinstance(refused, Invalid)
    assert refused.field == ("custom_message",)
    assert refused.message == "The method MESSAGE shows your custom message to shoppers. Write one."


def test_the_message_may_be_there_already_or_go_with_the_method() -> None:
    assert _applied(OWN, SettingsChange(method=HandoffMethod.MESSAGE)).method is HandoffMethod.MESSAGE
    both = SettingsChange(method=HandoffMethod.HELPDESK, cleared=frozenset({SettingsText.CUSTOM_MESSAGE}))
    assert _applied(MESSAGE, both).custom_message is None


@pytest.mark.parametrize(
    ("change", "name", "message"),
    [
        (SettingsChange(custom_message=""), "custom_message", "The text is blank. Write something."),
        (SettingsChange(custom_message=" \n\u200b"), "custom_message", "The text is blank. Write something."),
        (
            SettingsChange(custom_message="x" * 2_001),
            "custom_message",
            "The text has 2,001 characters; at most 2,000 are allowed.",
        ),
        (
            SettingsChange(custom_message="<b>Hi</b>"),
            "custom_message",
            'The text has "<b": HTML is not allowed. Put a space after a plain <.',
        ),
        (SettingsChange(offer_text="\t"), "offer_text", "The text is blank. Write something."),
        (SettingsChange(offer_text="x" * 501), "offer_text", "The text has 501 characters; at most 500 are allowed."),
        (
            SettingsChange(offer_text="[a](javascript:x)"),
            "offer_text",
            'The text has "javascript:". Links must start with https://, http://, mailto: or tel:.',
        ),
        (SettingsChange(accept_label=" "), "accept_label", "The text is blank. Write something."),
        (
            SettingsChange(accept_label="x" * 10_000),
            "accept_label",
            "The text has 10,000 characters; at most 80 are allowed.",
        ),
        (SettingsChange(accept_label="a\nb"), "accept_label", "This must be one line. Remove line breaks and tabs."),
        (
            SettingsChange(decline_label="x" * 81),
            "decline_label",
            "The text has 81 characters; at most 80 are allowed.",
        ),
        (
            SettingsChange(decline_label="No <img src=x onerror=alert(1)>"),
            "decline_label",
            'The text has "<img": HTML is not allowed. Put a space after a plain <.',
        ),
        (
            SettingsChange(decline_label="[No](https://shop.com)"),
            "decline_label",
            "A button cannot contain a link. Put the link into the text above it.",
        ),
    ],
)
def test_a_wrong_text_is_refused_with_its_path(change: SettingsChange, name: str, message: str) -> None:
    refused = _refusal(OWN, change)
    assert isinstance(refused, Invalid)
    assert (refused.field, refused.message) == ((name,), message)


def test_the_limits_themselves_are_taken() -> None:
    change = SettingsChange(
        custom_message="x" * 2_000, offer_text="x" * 500, accept_label="x" * 80, decline_label="y" * 80
    )
    assert _applied(OWN, change).version == 8
