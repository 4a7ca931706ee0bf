"""The parts that mails and texts share: the conversation is committed, or handed to the team while the agent is off;
the sender's name is given to a profile without one."""

from __future__ import annotations

from domain.conversation.aggregate import Change
from domain.conversation.events import BeganWhileAgentOff
from domain.conversation.opening import StartedConversation
from domain.model.conversation import Conversation, Message
from domain.model.handoff import HandoffMethod, HandoffSettings
from domain.profile.merging import whole_profile
from domain.storage import UnitOfWork
from domain.values.record import replace


async def team_takes_over(uow: UnitOfWork) -> bool:
    """Whether messages become tickets for the team while the agent is off."""
    settings = await uow.get(HandoffSettings, uow.account_id)
    return settings is None or settings.method is HandoffMethod.HELPDESK


async def commit_started(uow: UnitOfWork, started: StartedConversation, message: Message, *, off: bool) -> Conversation:
    """Commit the conversation with the message. One that begins while the agent is off goes to the team."""
    conversation = await started.commit(message)
    if off and started.is_new and await team_takes_over(uow):
        change = Change(uow, conversation)
        await change.publish(BeganWhileAgentOff())
        conversation = await change.commit()
    return conversation


async def name_profile(uow: UnitOfWork, conversation: Conversation, name: str | None) -> None:
    """Give the sender's name to a verified profile without one. The channel proves the address alone, so that the name,
    which senders choose themselves, renames nobody."""
    profile = await whole_profile(uow, conversation.profile_id)
    if profile is not None and profile.verified and profile.name is None and name is not None:
        uow.save(replace(profile, name=name))
