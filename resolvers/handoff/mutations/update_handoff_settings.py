"""The mutation `updateHandoffSettings`."""

from typing import Annotated

import strawberry

from domain.handoff.settings import SettingsChange, SettingsText
from resolvers.context import Info
from resolvers.errors import refusals_in
from resolvers.handoff.enums import ChatAfterHandoff, HandoffMethod, Helpdesk, IdentityPolicy
from resolvers.handoff.payloads import HandoffSettingsPayload
from resolvers.handoff.settings import HandoffSettings

_LINKS = "May hold http, https, mailto and tel links, bare or as [label](address)."
_OWN = "Null puts Baton's own wording back."


@strawberry.input(
    description="The settings to change. A field that is omitted or `null` stays as it is, unless its "
    "description says otherwise."
)
class UpdateHandoffSettingsInput:
    method: HandoffMethod | None = strawberry.field(
        default=None,
        description="Whether a human gets a ticket, or the account's own text is shown. MESSAGE requires a "
        "`customMessage`.",
    )
    helpdesk: Helpdesk | None = strawberry.field(
        default=None, description="The helpdesk for new tickets. Refused with NOT_CONNECTED until it is connected."
    )
    custom_message: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="The text of the method MESSAGE, at most 2,000 characters. It may contain http, https, mailto "
        "and tel links, as plain addresses or as [label](address). `null` removes it.",
    )
    chat_after_handoff: ChatAfterHandoff | None = strawberry.field(
        default=None, description="Whether a web chat continues after its ticket went to Zendesk or Gorgias."
    )
    identity_policy: IdentityPolicy | None = strawberry.field(
        default=None, description="The identity that a shopper on the web chat must give before a handoff."
    )
    offer_text: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="The question to the shopper, at most 500 characters. It may contain http, https, mailto and tel "
        "links, as plain addresses or as [label](address). `null` restores Baton's own text.",
    )
    accept_label: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="The label of the button that accepts, at most 80 characters. `null` restores Baton's own text.",
    )
    decline_label: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="The label of the button that declines, at most 80 characters. `null` restores Baton's own text.",
    )
    expected_version: int | None = strawberry.field(
        default=None,
        description="The version that the caller read. Refused with CONFLICT if the settings have changed since.",
    )


@refusals_in(HandoffSettingsPayload)
async def update_handoff_settings(
    info: Info, input: Annotated[UpdateHandoffSettingsInput, strawberry.argument(description="The settings to change.")]
) -> HandoffSettingsPayload:
    settings = await info.context.services.handoffs.update_settings(info.context.principal, _change(input))
    return HandoffSettingsPayload(handoff_settings=HandoffSettings.of(settings))


def _change(given: UpdateHandoffSettingsInput) -> SettingsChange:
    texts = {
        SettingsText.CUSTOM_MESSAGE: given.custom_message,
        SettingsText.OFFER_TEXT: given.offer_text,
        SettingsText.ACCEPT_LABEL: given.accept_label,
        SettingsText.DECLINE_LABEL: given.decline_label,
    }
    return SettingsChange(
        method=given.method,
        helpdesk=given.helpdesk,
        custom_message=given.custom_message or _blank(given.custom_message),
        chat_after_handoff=given.chat_after_handoff,
        identity_policy=given.identity_policy,
        offer_text=given.offer_text or _blank(given.offer_text),
        accept_label=given.accept_label or _blank(given.accept_label),
        decline_label=given.decline_label or _blank(given.decline_label),
        cleared=frozenset(name for name, text in texts.items() if text is None),
        expected_version=given.expected_version,
    )


def _blank(text: str | None) -> str | None:
    """Pass a blank text on, which is refused; a field that is omitted or null stays as it is."""
    return "" if text == "" else None
