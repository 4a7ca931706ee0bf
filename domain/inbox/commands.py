"""Inputs of the commands of the inbox."""

from __future__ import annotations

from datetime import datetime, timedelta

from domain.model.account import TicketMails
from domain.model.conversation import MessageTemplate
from domain.values.ids import AttachmentId, ConversationId, StaffId, TicketId
from domain.values.record import Record


class TicketCommand(Record):
    ticket_id: TicketId


class TakeTicket(TicketCommand):
    pass


class ReleaseTicket(TicketCommand):
    pass


class ReturnToAgent(TicketCommand):
    pass


class CloseTicket(TicketCommand):
    last_seen_sequence: int | None = None


class ReopenTicket(TicketCommand):
    pass


class RetryDelivery(TicketCommand):
    pass


class MarkTicketRead(TicketCommand):
    pass


class AssignTicket(TicketCommand):
    staff_id: StaffId | None  # None: back to everybody


class SetTicketMails(Record):
    ticket_mails: TicketMails
    digest_every: timedelta | None = None  # None: unchanged


class SnoozeTicket(TicketCommand):
    until: datetime
    last_seen_sequence: int | None = None


class Reply(Record):
    conversation_id: ConversationId
    text: str
    last_seen_sequence: int | None = None
    staff_id: StaffId | None = None  # the author, if the key is nobody's
    attachments: tuple[AttachmentId, ...] = ()
    template: MessageTemplate | None = None  # WhatsApp: leaves in place of the text


class AddNote(Record):
    conversation_id: ConversationId
    text: str
    staff_id: StaffId | None = None  # the author, if the key is nobody's and somebody wrote it
    attachments: tuple[AttachmentId, ...] = ()
