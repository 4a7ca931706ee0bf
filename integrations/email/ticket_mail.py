"""The mail that tells a member of staff of tickets that wait.

It has no token of a conversation and no address of a shopper: what is replied to it reaches no shopper.
"""

from __future__ import annotations

import html
import re
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime, formataddr

from domain.i18n.localization import moment_text
from domain.messaging.mail import ascii_domain, with_ascii_domain
from domain.model.account import Account
from domain.outbox.ports import WaitingTicket, WaitingTickets
from domain.values.text import one_line
from integrations.email.compose import Sender, document

_EXCERPT = 140  # characters of the question
_NUMBER = re.compile(r"\d(?:[ -]?\d){11,18}")  # as long as the number of a card or a bank account
_FOOTER = "You get this mail because of your setting ticketMails: change it with setTicketMails. Do not reply to it."
_CHANNELS = {"WEB_CHAT": "chat", "SMS": "SMS", "WHATSAPP": "WhatsApp", "EMAIL": "e-mail"}


def compose_ticket_mail(shop: Sender, account: Account, waiting: WaitingTickets, *, row_id: str) -> bytes:
    """Return the whole mail, in English. The text of a question is cut, and long numbers in it are masked."""
    from_address, to_address = with_ascii_domain(shop.address), with_ascii_domain(waiting.staff.email)
    ascii_only = f"{from_address}{to_address}".isascii()
    mail = EmailMessage(policy=SMTP if ascii_only else SMTPUTF8)
    name = one_line(shop.name)
    mail["From"] = formataddr((name, from_address)) if from_address.isascii() else from_address
    mail["To"] = to_address
    total = waiting.total
    mail["Subject"] = f"{name}: a ticket waits for the team" if total == 1 else f"{name}: {total} tickets wait"
    mail["Date"] = format_datetime(waiting.at)
    mail["Message-ID"] = f"<staff.{row_id.lower()}@{ascii_domain(shop.address)}>"
    mail["Auto-Submitted"] = "auto-generated"
    more = total - len(waiting.tickets)
    entries = [_entry(ticket, account) for ticket in waiting.tickets]
    tail = [f"And {more} more."] if more else []
    plain = ["\n".join(part for part in (*entry, ticket.link) if part) for entry, ticket in _pairs(entries, waiting)]
    mail.set_content("\n\n".join((*plain, *tail, f"-- \n{_FOOTER}\n")), cte="quoted-printable")
    rich = [_html(entry, ticket.link) for entry, ticket in _pairs(entries, waiting)]
    rich += [f"<p>{html.escape(text)}</p>" for text in (*tail, _FOOTER)]
    mail.add_alternative(document(rich), subtype="html", cte="quoted-printable")
    mail.set_boundary(f"=_{row_id}")
    return mail.as_bytes()


def _pairs(entries: list[tuple[str, str]], waiting: WaitingTickets) -> list[tuple[tuple[str, str], WaitingTicket]]:
    return list(zip(entries, waiting.tickets, strict=True))


def _entry(ticket: WaitingTicket, account: Account) -> tuple[str, str]:
    conversation = ticket.conversation
    who = one_line(conversation.visitor.name or "A shopper", limit=80)
    since = conversation.ticket.waiting_since if conversation.ticket else None
    when = f", waits since {moment_text(since, account.time_zone, 'en')}" if since else ""
    head = f"{who}, by {_CHANNELS.get(conversation.channel, conversation.channel.value)}{when}"
    question = _NUMBER.sub("•••", one_line(conversation.first_question))
    return head, question if len(question) <= _EXCERPT else f"{question[:_EXCERPT]}…"


def _html(entry: tuple[str, str], link: str | None) -> str:
    head, question = (html.escape(part) for part in entry)
    title = f'<a href="{html.escape(link)}">{head}</a>' if link else head
    return f'<p dir="auto"><strong>{title}</strong><br>\n{question}</p>'
