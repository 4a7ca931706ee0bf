"""Changes of the handoff settings. Each given value is checked; values of `None` are left unchanged."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from domain.handoff.errors import NotConnected
from domain.model.handoff import ChatAfterHandoff, HandoffMethod, HandoffSettings, Helpdesk, IdentityPolicy
from domain.values.errors import Conflict, Invalid
from domain.values.link_safety import check_linked_text, links_of
from domain.values.record import Record, replace
from domain.values.text import check_label

_CUSTOM_MESSAGE_LIMIT = 2_000
_OFFER_LIMIT = 500  # it is shown above two buttons in a small window
_BUTTON_LIMIT = 80


class SettingsText(StrEnum):
    """The texts that an account may have of its own; the value is the name of the setting."""

    CUSTOM_MESSAGE = "custom_message"
    OFFER_TEXT = "offer_text"
    ACCEPT_LABEL = "accept_label"
    DECLINE_LABEL = "decline_label"


class SettingsChange(Record):
    """A value of `None` is left unchanged. `cleared` texts are removed: Baton's own apply, or no custom message."""

    method: HandoffMethod | None = None
    helpdesk: Helpdesk | None = None
    custom_message: str | None = None
    chat_after_handoff: ChatAfterHandoff | None = None
    identity_policy: IdentityPolicy | None = None
    offer_text: str | None = None
    accept_label: str | None = None
    decline_label: str | None = None
    cleared: frozenset[SettingsText] = frozenset()
    expected_version: int | None = None


def apply_change(
    settings: HandoffSettings, change: SettingsChange, *, connected: frozenset[Helpdesk], now: datetime
) -> HandoffSettings:
    """Return the settings with the change. Raises `Conflict`, `NotConnected`, or `Invalid` with the field."""
    if change.expected_version not in (None, settings.version):
        raise Conflict(
            f"Somebody else has changed the settings. They have version {settings.version} now: read them again.",
            field="expected_version",
        )
    changed = replace(
        settings,
        method=change.method or settings.method,
        helpdesk=change.helpdesk or settings.helpdesk,
        custom_message=_message(change, settings),
        chat_after_handoff=change.chat_after_handoff or settings.chat_after_handoff,
        identity_policy=change.identity_policy or settings.identity_policy,
        offer_text=_offer(change, settings),
        accept_label=_button(change, SettingsText.ACCEPT_LABEL, change.accept_label, settings.accept_label),
        decline_label=_button(change, SettingsText.DECLINE_LABEL, change.decline_label, settings.decline_label),
        version=settings.version + 1,
        updated_at=now,
    )
    _require_connection(change, changed, connected)
    if changed.method is HandoffMethod.MESSAGE and changed.custom_message is None:
        raise Invalid(
            "The method MESSAGE shows your custom message to shoppers. Write one.",
            field=SettingsText.CUSTOM_MESSAGE.value,
        )
    return changed


def _require_connection(change: SettingsChange, changed: HandoffSettings, connected: frozenset[Helpdesk]) -> None:
    """Check the connection only if a helpdesk is chosen, so that texts can be changed while a connection is broken."""
    chosen = change.helpdesk is not None or change.method is HandoffMethod.HELPDESK
    if chosen and changed.helpdesk is not Helpdesk.INBOX and changed.helpdesk not in connected:
        raise NotConnected(
            f"Connect {changed.helpdesk.capitalize()} before you choose it.",
            helpdesk=changed.helpdesk,
            field="method" if change.helpdesk is None else "helpdesk",
        )


def _message(change: SettingsChange, settings: HandoffSettings) -> str | None:
    if change.custom_message is None:
        return None if SettingsText.CUSTOM_MESSAGE in change.cleared else settings.custom_message
    field = SettingsText.CUSTOM_MESSAGE.value
    return check_linked_text(change.custom_message, field=field, limit=_CUSTOM_MESSAGE_LIMIT)


def _offer(change: SettingsChange, settings: HandoffSettings) -> str | None:
    if change.offer_text is None:
        return None if SettingsText.OFFER_TEXT in change.cleared else settings.offer_text
    return check_linked_text(change.offer_text, field=SettingsText.OFFER_TEXT.value, limit=_OFFER_LIMIT)


def _button(change: SettingsChange, name: SettingsText, text: str | None, kept: str | None) -> str | None:
    if text is None:
        return None if name in change.cleared else kept
    field = name.value
    label = check_linked_text(check_label(text, field=field, limit=_BUTTON_LIMIT), field=field, limit=_BUTTON_LIMIT)
    if links_of(label):
        raise Invalid("A button cannot contain a link. Put the link into the text above it.", field=field)
    return label
