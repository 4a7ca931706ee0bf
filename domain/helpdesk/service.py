"""Imports ticket updates: public comments become messages, each once, and the ticket follows the helpdesk's state.

A public comment is imported even if the conversation is closed or another agent controls it by now: the shopper got it
by mail anyway. Imported messages are not sent to the helpdesk again.
"""

from __future__ import annotations

import html
import re
import unicodedata

from domain.attachments.file_names import clean_file_name
from domain.connected_services.helpdesks import SERVICES
from domain.conversation.aggregate import Change, close_if_due, schedule_auto_close
from domain.handoff.transcript import is_whole, marked_message, unmarked
from domain.helpdesk.model import AuthorRole, ImportResult, TicketComment, TicketUpdate
from domain.messaging.files.remote_files import NamedFile, fetch_later
from domain.model.attachments import MOST_FILES, RemoteFile
from domain.model.connected_services import Service
from domain.model.conversation import Author, AuthorKind, Conversation, Message
from domain.model.handoff import DeliveryState, Helpdesk, Ticket, TicketState
from domain.storage import Storage, UnitOfWork
from domain.values.ids import AccountId, whole_id
from domain.values.record import replace
from domain.values.text import LABEL_LIMIT, clean_text
from domain.webhook_dedup import is_first_delivery, was_delivered

_WORD = re.compile(r"[^\W_]+")  # helpdesks change white space and punctuation, such as quotation marks
_MOST_NAMED = 50  # files of a comment
_HELPDESKS = {service: helpdesk for helpdesk, service in SERVICES.items()}
_UNKNOWN = ImportResult(known=False)
_AUTHORS = {AuthorRole.TEAM: AuthorKind.HUMAN_AGENT, AuthorRole.REQUESTER: AuthorKind.SHOPPER}


class HelpdeskService:
    def __init__(self, *, storage: Storage) -> None:
        self._storage = storage

    async def import_update(self, account_id: AccountId, service: Service, update: TicketUpdate) -> ImportResult:
        """Import an update in one transaction, and return what it changed. Idempotent.

        Raises `Unavailable` if the database does not respond.
        """
        helpdesk = _HELPDESKS[service]
        source = f"{service.value.lower()} {update.ticket_external_id}"
        if update.delivery_id and await was_delivered(
            self._storage.read(account_id), account_id, f"{source} delivery", update.delivery_id
        ):
            return ImportResult(known=True)  # without a transaction, since most repetitions end here

        async def change(uow: UnitOfWork) -> ImportResult:
            found = await _find_ticket(uow, helpdesk, update)
            if found is None:
                return _UNKNOWN
            conversation, ticket = found
            if update.delivery_id and not await is_first_delivery(uow, f"{source} delivery", update.delivery_id):
                return ImportResult(known=True)
            change = Change(uow, conversation)
            messages = 0
            for comment in update.comments:
                messages += await _import_comment(change, comment, service, source)
            state_changed = await _follow_state(change, ticket, update)
            await change.commit()
            return ImportResult(known=True, messages=messages, state_changed=state_changed)

        return await self._storage.write(account_id, change)


async def _find_ticket(uow: UnitOfWork, helpdesk: Helpdesk, update: TicketUpdate) -> tuple[Conversation, Ticket] | None:
    """The ticket with both ids: in the helpdesk, anybody can write any external id."""
    if update.ticket_id is None:
        return None
    conversation = await close_if_due(uow, await uow.get(Conversation, whole_id(update.ticket_id)))
    ticket = conversation.find_ticket(update.ticket_id) if conversation else None
    if conversation is None or ticket is None or ticket.helpdesk is not helpdesk:
        return None
    if conversation.erased_at is not None:
        return None  # its ticket has no external id any more, so any ticket could pass for it
    being_created = ticket.external_id is None and ticket.delivery is not DeliveryState.NOT_NEEDED
    return (conversation, ticket) if being_created or ticket.external_id == update.ticket_external_id else None


async def _import_comment(change: Change, comment: TicketComment, service: Service, source: str) -> bool:
    kind, text = _AUTHORS.get(comment.author_role), clean_text(_with_files(comment))
    if kind is None or not comment.public or not text:
        return False
    if not await is_first_delivery(change.uow, f"{source} comment", comment.id):
        return False
    if kind is AuthorKind.SHOPPER and await _is_echo(change, comment.text):
        return False
    name = clean_text(comment.author_name).replace("\n", " ")[:LABEL_LIMIT]
    by_shopper = kind is AuthorKind.SHOPPER
    author = Author(kind=kind, name=change.conversation.display_name if by_shopper else name or "Team")
    message = change.add_message(author, text)
    files = _files(comment, service, source, author=None if by_shopper else author.name)
    await fetch_later(change.uow, message, files)
    return True


def _with_files(comment: TicketComment) -> str:
    """The text, with a line for each file that has none, and for each that is more than a message can have."""
    names = [clean_file_name(file.name) for file in comment.files[:_MOST_NAMED]]
    lines = [f"[attachment: {name}]" for name in names[:MOST_FILES]]
    lines += [f"[left out: {name}]" for name in names[MOST_FILES:]]
    missing = "\n".join(line for line in lines if line not in comment.text)
    return "\n\n".join(part for part in (comment.text.strip(), missing) if part) if missing else comment.text


def _files(comment: TicketComment, service: Service, source: str, *, author: str | None) -> tuple[NamedFile, ...]:
    return tuple(
        NamedFile(
            name=file.name,
            content_type=file.content_type,
            source=f"{source}:{comment.id}:{number}",
            remote=RemoteFile(service=service, url=file.url, author=author),
        )
        for number, file in enumerate(comment.files[:MOST_FILES])
    )


async def _is_echo(change: Change, text: str) -> bool:
    """Whether the comment is a chat message of the shopper that Baton itself added to the ticket: below its mark, the
    same words. A reply that quotes such a comment ends with its mark too, and has more words. If the words of the
    message were removed, the mark decides: nothing brings them back."""
    number = marked_message(text)
    if number is None or number > change.before.sequence:
        return False
    messages = await change.uow.messages_after(change.conversation.id, number - 1)
    original = next((m for m in messages if m.sequence == number), None)
    if original is None or original.author.kind is not AuthorKind.SHOPPER:
        return False
    if original.redacted_at is not None:
        return True
    # Below the text, our comment names the files.
    brought, written = _words(unmarked(text)), _words(f"{original.text} {_file_names(original)}")
    return brought == written if is_whole(text) else f" {' '.join(brought)} " in f" {' '.join(written)} "


def _file_names(message: Message) -> str:
    return " ".join(file.name for file in message.attachments)


def _words(text: str) -> list[str]:
    """The words. Helpdesks also write characters in another form: composed, by their width, or escaped for HTML."""
    return _WORD.findall(unicodedata.normalize("NFKC", html.unescape(text)))


async def _follow_state(change: Change, ticket: Ticket, update: TicketUpdate) -> bool:
    """Adopt the ticket's state, unless a later one is known or a later handoff replaced the ticket."""
    if update.closed is None or update.at is None or change.conversation.ticket != ticket:
        return False
    if ticket.helpdesk_state_at is not None and update.at < ticket.helpdesk_state_at:
        return False
    current = replace(ticket, helpdesk_state_at=update.at)
    if update.closed and ticket.state is not TicketState.CLOSED:
        change.put_ticket(current.close())
        schedule_auto_close(change.uow, change.conversation)
        return True
    if not update.closed and ticket.state is TicketState.CLOSED and not change.conversation.is_closed:
        change.put_ticket(replace(current, state=TicketState.OPEN))
        return True
    if current != ticket:
        change.put_ticket(current)
    return False
