"""A message as a mail: text and HTML, in the thread that it belongs to, and always the same for one message."""

from __future__ import annotations

import html
import re
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime, formataddr

from domain.messaging.mail import MailTokens, ascii_domain, with_ascii_domain
from domain.messaging.text import plain_text, price_text
from domain.model.conversation import AuthorKind, Conversation, Message
from domain.values.ids import AccountId
from domain.values.record import Record

_ADDRESS = re.compile(r"(https?://[^\s<>\"]+[^\s<>\".,;:!?)\]}'])|(?<![\w.+-])([\w.+-]+@[\w-]+(?:\.[\w-]+)+)")
_LABELLED = re.compile(r"\[([^\[\]\n\r]+)\]\(([^\s()]+)\)")
_HEADER_LINE = (
    900  # characters: at the usual 78, the email package encodes long Message-IDs, and nobody knows them again
)
_FIRST_WORDS = 70  # characters of the first question, as a subject where there is none


class Sender(Record):
    """The account, as it shows in a mail."""

    account_id: AccountId
    name: str
    address: str
    plus_address: bool  # whether its server delivers name+anything


def composed(shop: Sender, conversation: Conversation, message: Message, tokens: MailTokens) -> bytes:
    """The whole mail. Customers' words never end a header: line breaks in them become spaces."""
    route = conversation.route
    assert route is not None, "only a conversation with a route has mails"
    domain = ascii_domain(shop.address)
    ours, theirs = with_ascii_domain(shop.address), with_ascii_domain(route.theirs)
    mail = EmailMessage(policy=SMTP if f"{ours}{theirs}".isascii() else SMTPUTF8)
    mail["From"] = formataddr((_line(shop.name), ours)) if ours.isascii() else ours
    mail["To"] = theirs
    subject = _line(route.subject or conversation.first_question[:_FIRST_WORDS]) or _line(shop.name)
    mail["Subject"] = f"Re: {subject}" if route.thread else subject
    mail["Date"] = format_datetime(message.sent_at)
    mail["Message-ID"] = tokens.message_ref(shop.account_id, conversation.id, message.id, domain)
    if route.thread:
        mail["In-Reply-To"] = route.thread[-1]
    mail["References"] = " ".join((tokens.root_ref(shop.account_id, conversation.id, domain), *route.thread))
    tagged = tokens.reply_address(shop.account_id, conversation.id, ours) if shop.plus_address else None
    if tagged is not None:
        mail["Reply-To"] = tagged
    if message.author.kind is not AuthorKind.HUMAN_AGENT:  # RFC 3834, 5: so that no other machine answers it
        mail["Auto-Submitted"] = "auto-replied" if route.thread else "auto-generated"
    signed = f"{_line(message.author.name)}, {_line(shop.name)}"
    mail.set_content(f"{plain_text(message, conversation.locale)}\n\n-- \n{signed}\n", cte="quoted-printable")
    mail.add_alternative(_html(message, conversation.locale, signed), subtype="html", cte="quoted-printable")
    # A boundary that follows from the message, so that composing it again makes the same bytes.
    mail.set_boundary(f"=_{message.id}")
    return mail.as_bytes(policy=mail.policy.clone(max_line_length=_HEADER_LINE))


def _line(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _html(message: Message, locale: str | None, signed: str) -> str:
    paragraphs = [f'<p dir="auto">{_linked(part)}</p>' for part in re.split(r"\n\s*\n", message.text.strip())]
    for card in message.products:
        title = html.escape(card.title)
        if card.url:
            title = f'<a href="{html.escape(card.url)}">{title}</a>'
        price = f"<br>{html.escape(price_text(card.price, locale))}" if card.price else ""
        paragraphs.append(f'<p dir="auto"><strong>{title}</strong>{price}</p>')
    paragraphs.append(f'<p dir="auto" style="color:#666">-- <br>{html.escape(signed)}</p>')
    return "<!DOCTYPE html>\n<html><body>\n" + "\n".join(paragraphs) + "\n</body></html>\n"


def _linked(text: str) -> str:
    """Escaped, with line breaks, and links where there are addresses."""
    found: list[str] = []
    end = 0
    for match in _LABELLED.finditer(text):
        found += [_bare(text[end : match.start()]), _anchor(match[2], match[1])]
        end = match.end()
    found.append(_bare(text[end:]))
    return "".join(found).replace("\r\n", "\n").replace("\n", "<br>\n")


def _bare(text: str) -> str:
    found: list[str] = []
    end = 0
    for match in _ADDRESS.finditer(text):
        found.append(html.escape(text[end : match.start()]))
        found.append(_anchor(match[1] or f"mailto:{match[2]}", match[0]))
        end = match.end()
    return "".join((*found, html.escape(text[end:])))


def _anchor(address: str, label: str) -> str:
    if not address.lower().startswith(("http://", "https://", "mailto:", "tel:")):
        return html.escape(label)
    return f'<a href="{html.escape(address)}">{html.escape(label)}</a>'
