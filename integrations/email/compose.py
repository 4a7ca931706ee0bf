"""Composes a message as a mail (RFC 5322): plain text and HTML, with the headers of its thread.

The bytes depend only on the message, so that a retry sends the same mail.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Sequence
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8, EmailPolicy
from email.utils import format_datetime, formataddr
from itertools import groupby

from domain.i18n.localization import catalog_for, moment_text
from domain.messaging.mail import MailTokens, ascii_domain, with_ascii_domain
from domain.messaging.markup import MarkupStyle, heading_of, inline, point_of
from domain.messaging.text import plain_text, price_text
from domain.model.account import Account
from domain.model.conversation import AuthorKind, Conversation, Message
from domain.outbox.ports import ConfirmationMail, OutgoingFile
from domain.values.channel import Channel
from domain.values.ids import AccountId, AttachmentId
from domain.values.record import Record

_ADDRESS = re.compile(r"(https?://[^\s<>\"]+[^\s<>\".,;:!?)\]}'])|(?<![\w.+-])([\w.+-]+@[\w-]+(?:\.[\w-]+)+)")
# Characters. At the usual 78, the email package folds long Message-IDs into encoded words, which breaks threading.
_MAX_HEADER_LINE = 900
_ENCODED_WORD = 75
_MAX_SUBJECT = 70  # characters of the first question, which is the subject of a mail without one


class Sender(Record):
    """The account, as it appears in a mail."""

    account_id: AccountId
    name: str
    address: str
    plus_address: bool  # whether its server delivers name+tag@domain to name@domain


class MailFiles(Record):
    """The files of a mail's messages: parts of the mail, and those that are links."""

    attached: tuple[OutgoingFile, ...] = ()
    linked: tuple[OutgoingFile, ...] = ()

    def links_of(self, message: Message) -> list[tuple[str, str]]:
        """Return the names and addresses of the message's files that are links."""
        own = {file.id for file in message.attachments}
        return [(file.name, file.url) for file in self.linked if file.id in own]


NO_FILES = MailFiles()


class Preface(Record):
    """The texts around replies that a shopper did not see in the chat."""

    subject: str | None  # None: that of the conversation
    opening: str
    closing: str | None


def preface_of(conversation: Conversation, shop: str) -> Preface:
    """Return the texts, in the language of the conversation.

    Nobody has proved a claimed address: it is perhaps a stranger's. Then the subject has nothing that the shopper
    wrote, so that nobody can write to strangers by it, and the mail says what an answer to it does.
    """
    texts, proved = catalog_for(conversation.locale).unseen, "email" in conversation.visitor.proved
    return Preface(
        subject=None if proved else texts.subject.format(shop=shop),
        opening=texts.opening.format(shop=shop),
        closing=None if proved else texts.caution.format(shop=shop),
    )


def compose_mail(
    shop: Sender,
    conversation: Conversation,
    messages: Sequence[Message],
    tokens: MailTokens,
    *,
    preface: Preface | None = None,
    files: MailFiles = NO_FILES,
) -> bytes:
    """Return the whole mail with one message, or several in order. The conversation must have a route. The Message-ID
    is that of the last message. In place of the content of an attached file, the mail has `placeholder_of`. Line breaks
    in names and subjects become spaces, so that they cannot inject headers."""
    route, last = conversation.route, messages[-1]
    assert route is not None, "only a conversation with a route has mails"
    domain = ascii_domain(shop.address)
    from_address, to_address = with_ascii_domain(shop.address), with_ascii_domain(route.shopper_address)
    ascii_only = "".join((from_address, to_address, *copied_addresses(conversation))).isascii()
    mail = EmailMessage(policy=SMTP if ascii_only else SMTPUTF8)
    mail["From"] = formataddr((_line(shop.name), from_address)) if from_address.isascii() else from_address
    mail["To"] = to_address
    if copied := copied_addresses(conversation):
        mail["Cc"] = ", ".join(copied)
    subject = (preface and preface.subject) or route.subject or conversation.first_question[:_MAX_SUBJECT]
    subject = _line(subject) or _line(shop.name)
    mail["Subject"] = f"Re: {subject}" if route.thread else subject
    mail["Date"] = format_datetime(last.sent_at)
    mail["Message-ID"] = tokens.message_ref(shop.account_id, conversation.id, last.id, domain)
    if route.thread:
        mail["In-Reply-To"] = route.thread[-1]
    mail["References"] = " ".join((tokens.root_ref(shop.account_id, conversation.id, domain), *route.thread))
    if shop.plus_address and (to_us := tokens.reply_address(shop.account_id, conversation.id, from_address)):
        mail["Reply-To"] = to_us
    if last.author.kind is not AuthorKind.HUMAN_AGENT:  # RFC 3834, section 5: stops autoresponders
        mail["Auto-Submitted"] = "auto-replied" if route.thread else "auto-generated"
    _set_body(mail, shop, conversation, messages, preface, files)
    # The boundaries are derived from the message, so that composing it again makes the same bytes.
    mail.set_boundary(f"=_{last.id}")
    _attach(mail, files.attached, boundary=f"=_m{last.id}")
    policy = _SubjectPolicy(utf8=not ascii_only, linesep="\r\n", max_line_length=_MAX_HEADER_LINE)
    return mail.as_bytes(policy=policy)


def _set_body(
    mail: EmailMessage,
    shop: Sender,
    conversation: Conversation,
    messages: Sequence[Message],
    preface: Preface | None,
    files: MailFiles,
) -> None:
    names = dict.fromkeys(_line(message.author.name) for message in messages)
    signature = ", ".join((*names, _line(shop.name)))
    texts = [plain_text(message, conversation.locale, links=files.links_of(message)) for message in messages]
    paragraphs = [part for message in messages for part in _paragraphs(message, conversation.locale, files)]
    if preface is not None:
        texts = [preface.opening, *texts]
        paragraphs = [_aside(preface.opening), *paragraphs]
    closing = (preface.closing,) if preface is not None and preface.closing else ()
    plain = "\n\n".join((*texts, f"-- \n{signature}", *closing))
    mail.set_content(f"{plain}\n", cte="quoted-printable")
    aside = (f'<p dir="auto" style="color:#666">-- <br>{html.escape(signature)}</p>', *map(_aside, closing))
    mail.add_alternative(document((*paragraphs, *aside)), subtype="html", cte="quoted-printable")


def _aside(text: str) -> str:
    return f'<p dir="auto" style="color:#666">{html.escape(text)}</p>'


def _attach(mail: EmailMessage, files: Sequence[OutgoingFile], *, boundary: str) -> None:
    """Make the mail a multipart/mixed with these files, whose content `SmtpSender` fills in."""
    for file in files:
        main, _, sub = file.content_type.partition("/")
        if main in ("message", "multipart"):
            main, sub = "application", "octet-stream"
        mail.add_attachment(b"", maintype=main, subtype=sub, filename=file.name, cte="base64")
        [*_, part] = mail.iter_attachments()
        part.set_payload(placeholder_of(file.id))
    if files:
        mail.set_boundary(boundary)


def placeholder_of(file_id: AttachmentId) -> str:
    """Return the line in a composed mail that stands for the content of a file."""
    return f"[content of {file_id}]"


class _SubjectPolicy(EmailPolicy):
    """Folds the subject at the usual length (RFC 2047, section 2: an encoded word has at most 75 characters), and no
    other header."""

    def fold(self, name: str, value: str) -> str:
        if name.lower() != "subject" or self.utf8:
            return str(super().fold(name, value))
        plain = str(value).isascii() and max(map(len, str(value).split()), default=0) < _ENCODED_WORD - len(name)
        folded = Header(str(value), "us-ascii" if plain else "utf-8", maxlinelen=_ENCODED_WORD, header_name=name)
        return f"{name}: {folded.encode(linesep=self.linesep)}{self.linesep}"

    def fold_binary(self, name: str, value: str) -> bytes:
        return self.fold(name, value).encode("utf-8" if self.utf8 else "ascii", "surrogateescape")


def copied_addresses(conversation: Conversation) -> tuple[str, ...]:
    """Return the people in copy of the thread. A chat that moved to e-mail has none: they were not in it."""
    route = conversation.route
    if route is None or conversation.channel is not Channel.EMAIL:
        return ()
    return tuple(with_ascii_domain(address) for address in route.copied)


def compose_confirmation(shop: Sender, account: Account, conversation: Conversation, mailed: ConfirmationMail) -> bytes:
    """Return the whole mail that asks the owner of an address to confirm it, in the language of the conversation.

    It has nothing that was written in the conversation, and no token of it: the recipient is perhaps a stranger to it,
    whose reply must not go there.
    """
    confirmation, texts = mailed.confirmation, catalog_for(conversation.locale).confirmation
    from_address, to_address = with_ascii_domain(shop.address), with_ascii_domain(confirmation.email)
    ascii_only = f"{from_address}{to_address}".isascii()
    mail = EmailMessage(policy=SMTP if ascii_only else SMTPUTF8)
    mail["From"] = formataddr((_line(shop.name), from_address)) if from_address.isascii() else from_address
    mail["To"] = to_address
    mail["Subject"] = texts.subject.format(shop=_line(account.name))
    mail["Date"] = format_datetime(confirmation.created_at)
    mail["Message-ID"] = f"<confirm.{confirmation.id.lower()}@{ascii_domain(shop.address)}>"
    mail["Auto-Submitted"] = "auto-generated"
    began = moment_text(conversation.started_at, account.time_zone, conversation.locale)
    claim = texts.claim.format(shop=_line(account.name), email=confirmation.email, began=began)
    ignore = f"{texts.ignore} {texts.caution}"
    parts = (claim, f"{texts.link}\n{mailed.link}", ignore)
    mail.set_content("\n\n".join((*parts, f"-- \n{_line(shop.name)}\n")), cte="quoted-printable")
    link = f"{html.escape(texts.link)}<br>{_anchor(mailed.link, mailed.link)}"
    paragraphs = (f"<p>{part}</p>" for part in (html.escape(claim), link, html.escape(ignore)))
    mail.add_alternative(document(paragraphs), subtype="html", cte="quoted-printable")
    mail.set_boundary(f"=_{confirmation.id}")
    return mail.as_bytes(policy=_SubjectPolicy(utf8=not ascii_only, linesep="\r\n", max_line_length=_MAX_HEADER_LINE))


def _line(text: str) -> str:
    """The text on one line, without control characters."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _paragraphs(message: Message, locale: str | None, files: MailFiles) -> Iterator[str]:
    """The HTML of a message, its products, and links to files that are not attached."""
    yield from _blocks(message.text)
    for card in message.products:
        title = html.escape(card.title)
        if card.url:
            title = f'<a href="{html.escape(card.url)}">{title}</a>'
        price = f"<br>{html.escape(price_text(card.price, locale))}" if card.price else ""
        yield f'<p dir="auto"><strong>{title}</strong>{price}</p>'
    for name, url in files.links_of(message):
        yield f'<p dir="auto">{_anchor(url, name)}</p>'


def document(paragraphs: Iterable[str]) -> str:
    """Return the HTML document of a mail."""
    return "<!DOCTYPE html>\n<html><body>\n" + "\n".join(paragraphs) + "\n</body></html>\n"


def _blocks(text: str) -> Iterator[str]:
    """HTML of a text: paragraphs, headings and lists, with its marks and with links for URLs and e-mail addresses."""
    for part in re.split(r"\n\s*\n", text.replace("\r\n", "\n").strip()):
        for is_list, lines in groupby(part.split("\n"), key=lambda line: point_of(line) is not None):
            if is_list:
                items = "".join(f"<li>{inline(point_of(line) or '', _STYLE)}</li>" for line in lines)
                yield f'<ul dir="auto">{items}</ul>'
            else:
                yield f'<p dir="auto">{"<br>".join(_html_line(line) for line in lines)}</p>'.replace("<br>", "<br>\n")


def _html_line(line: str) -> str:
    heading = heading_of(line)
    return inline(line, _STYLE) if heading is None else f"<strong>{inline(heading, _STYLE)}</strong>"


def _linkify_plain(text: str) -> str:
    parts: list[str] = []
    end = 0
    for match in _ADDRESS.finditer(text):
        parts.append(html.escape(text[end : match.start()]))
        parts.append(_anchor(match[1] or f"mailto:{match[2]}", match[0]))
        end = match.end()
    return "".join((*parts, html.escape(text[end:])))


def _anchor(address: str, label: str) -> str:
    if not address.lower().startswith(("http://", "https://", "mailto:", "tel:")):
        return html.escape(label)
    return f'<a href="{html.escape(address)}">{html.escape(label)}</a>'


def _url(address: str) -> str:
    """A link for a URL in the text, without the punctuation after it."""
    found = _ADDRESS.match(address)
    if found is None:
        return _linkify_plain(address)
    return f"{_anchor(found[0], found[0])}{html.escape(address[found.end() :])}"


_STYLE = MarkupStyle(
    text=_linkify_plain,
    bold=lambda text: f"<strong>{text}</strong>",
    italic=lambda text: f"<em>{text}</em>",
    struck=lambda text: f"<s>{text}</s>",
    code=lambda text: f"<code>{html.escape(text)}</code>",
    link=lambda label, address: _anchor(address, label),
    url=_url,
)
