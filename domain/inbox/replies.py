"""Replies of staff, which the shopper sees, and notes, which the shopper never sees.

A key with scope `inbox:write` is nobody's. It replies in the name of a member of staff, within the limits of that
member, and its notes are the integration's own unless they name a member.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from domain.account.lookup import staff_of
from domain.attachments.attaching import check_message, claim
from domain.connected_services.channels import TEMPLATE_SETTING, check_template_sid
from domain.conversation.aggregate import Change, load_conversation
from domain.conversation.commands import Sent
from domain.conversation.errors import ConversationClosed, NotInControl
from domain.idempotency import Result, run_once
from domain.inbox.commands import AddNote, Reply
from domain.inbox.stale_views import check_view
from domain.inbox.team import works_on_tickets
from domain.model.account import Staff
from domain.model.connected_services import ConnectedService, Service, connected_service_id
from domain.model.conversation import (
    Author,
    AuthorKind,
    ControllerKind,
    Conversation,
    Message,
    MessageKind,
    MessageTemplate,
)
from domain.model.credentials import Credential
from domain.principal import MANAGERS, Permission, Principal
from domain.rights import present_rights
from domain.storage import Storage, UnitOfWork
from domain.values.channel import Channel
from domain.values.errors import Conflict, Forbidden, Invalid, NotFound, within
from domain.values.ids import StaffId
from domain.values.record import replace
from domain.values.text import check_label

_MOST_VARIABLES = 100  # of a template; Twilio's limit
_VARIABLE_NAME = 50  # characters
_VARIABLE_VALUE = 1_024  # characters; WhatsApp's limit of a template's text


class ReplyService:
    """Adds what staff write."""

    def __init__(self, *, storage: Storage) -> None:
        self._storage = storage

    async def reply(self, principal: Principal, command: Reply, key: str | None = None) -> Sent:
        """Add a reply to the shopper. The ticket's assignee stays as it is.

        Raises `NotInControl` unless the author is the assignee or a manager, `StaleView` if the shopper wrote after
        `last_seen_sequence`, `Conflict` if WhatsApp's 24 hours are over and no template is given or connected,
        `ConversationClosed`, `NotFound`, `Invalid`, `Conflict`, `Forbidden`.
        """
        principal.require(Permission.WORK_INBOX)
        check_message(command.text, command.attachments, field="text")

        async def act(uow: UnitOfWork) -> Result:
            staff = await _author(uow, principal, command.staff_id)
            if staff is None:
                raise Invalid("This key is nobody's: name the member of staff who wrote the reply.", field="staff_id")
            author = Author(kind=AuthorKind.HUMAN_AGENT, name=staff.name, staff_id=staff.id)
            files = await claim(uow, command.attachments, owner=principal.subject)
            conversation = await load_conversation(uow, command.conversation_id)
            _check_may_reply(staff, conversation)
            await check_view(uow, conversation, command.last_seen_sequence, before="reply")
            template = _checked_template(conversation, command)
            if template is None:
                await _check_window(uow, conversation)
            change = Change(uow, conversation)
            message = change.add_message(author, command.text, attachments=files)
            if template is not None:
                message = change.in_template(message, template)
            return {"conversation": (await change.commit()).id, "message": message.id}

        return await self._run(principal, key, command, act)

    async def add_note(self, principal: Principal, command: AddNote, key: str | None = None) -> Sent:
        """Add a note, which only staff see. Raises `NotFound`, `Invalid`, `Conflict`, `Forbidden`."""
        principal.require(Permission.WORK_INBOX)
        check_message(command.text, command.attachments, field="text")

        async def act(uow: UnitOfWork) -> Result:
            staff = await _author(uow, principal, command.staff_id)
            name = await _integration(uow, principal) if staff is None else staff.name
            author = Author(kind=AuthorKind.HUMAN_AGENT, name=name, staff_id=None if staff is None else staff.id)
            change = Change(uow, await load_conversation(uow, command.conversation_id))
            files = await claim(uow, command.attachments, owner=principal.subject)
            message = change.add_message(author, command.text, kind=MessageKind.NOTE, attachments=files)
            return {"conversation": (await change.commit()).id, "message": message.id}

        return await self._run(principal, key, command, act)

    async def _run(
        self, principal: Principal, key: str | None, command: object, act: Callable[[UnitOfWork], Awaitable[Result]]
    ) -> Sent:
        async def change(uow: UnitOfWork) -> Sent:
            result = await run_once(uow, principal, key, command, lambda: act(uow))
            conversation = await uow.get(Conversation, result["conversation"])
            message = await uow.get(Message, result["message"])
            if conversation is None or message is None:
                raise NotFound("No such conversation.")
            return Sent(conversation=conversation, message=message)

        return await self._storage.write(principal.account_id, change)


async def _author(uow: UnitOfWork, principal: Principal, staff_id: StaffId | None) -> Staff | None:
    """Return the member of staff who writes, or `None` for a key of nobody that names none. The rights are those at the
    commit."""
    (await present_rights(uow, principal)).require(Permission.WORK_INBOX)
    if principal.staff_id is not None:
        if staff_id not in (None, principal.staff_id):
            raise Forbidden("You may write in your own name only.", field="staff_id")
        return await staff_of(uow, principal)
    if staff_id is None:
        return None
    staff: Staff | None = await uow.get(Staff, staff_id)
    if staff is None:
        raise NotFound("No such staff member.", field="staff_id")
    if not works_on_tickets(staff):
        raise Invalid(f"{staff.name} cannot work on tickets. Choose somebody else.", field="staff_id")
    return staff


async def _integration(uow: UnitOfWork, principal: Principal) -> str:
    credential = await uow.get(Credential, principal.credential_id)
    label = credential.label if credential else None
    return f"Integration {label}" if label else "Integration"


def _check_may_reply(staff: Staff, conversation: Conversation) -> None:
    field = "conversation_id"
    if conversation.is_closed:
        raise ConversationClosed("This conversation is closed.", field=field)
    controller = conversation.controller
    mine = controller.kind is ControllerKind.HUMAN_AGENT and controller.staff_id == staff.id
    if not (mine or (controller.is_with_staff and staff.role in MANAGERS)):
        raise NotInControl("This conversation is not yours. Take its ticket first.", controller=controller, field=field)


def _checked_template(conversation: Conversation, command: Reply) -> MessageTemplate | None:
    """Return the template of a reply. Raises `Invalid` if it is malformed, or not for WhatsApp; `Conflict` if Baton
    does not send the conversation's messages itself."""
    template = command.template
    if template is None:
        return None
    field = "template"
    if conversation.channel is not Channel.WHATSAPP:
        raise Invalid("Templates are for WhatsApp alone. Leave the template out.", field=field)
    if conversation.route is None:
        raise Conflict("Baton does not send this conversation's messages: send the template yourself.", field=field)
    if command.attachments:
        raise Invalid("A template carries no files. Leave the attachments out.", field="attachments")
    sid = check_template_sid(template.sid, field=within(field, "sid"))
    names = [variable.name for variable in template.variables]
    if len(names) > _MOST_VARIABLES or len(set(names)) < len(names):
        raise Invalid(f"Give at most {_MOST_VARIABLES} variables, each once.", field=within(field, "variables"))
    for index, variable in enumerate(template.variables):
        place = within(field, "variables", str(index))
        check_label(variable.name, field=within(place, "name"), limit=_VARIABLE_NAME)
        check_label(variable.value, field=within(place, "value"), limit=_VARIABLE_VALUE)
    return replace(template, sid=sid)


async def _check_window(uow: UnitOfWork, conversation: Conversation) -> None:
    ends_at = conversation.window_ends_at
    if ends_at is None or uow.now < ends_at:
        return
    connected = await uow.get(ConnectedService, connected_service_id(uow.account_id, Service.TWILIO))
    if connected is not None and TEMPLATE_SETTING not in connected.settings:
        raise Conflict(
            "WhatsApp accepts free text only within 24 hours of the shopper's last message. Wait until the shopper "
            "writes, reply with an approved template (`template`), or connect the channel with `templateSid`, the "
            "template for later replies.",
            field="conversation_id",
        )
