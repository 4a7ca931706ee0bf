"""Parser of raw mail (RFC 5322, MIME). Malformed mail never raises: text that cannot be decoded is decoded as far as
possible.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import Message
from email.utils import parsedate_to_datetime
from itertools import count
from mimetypes import MimeTypes
from operator import itemgetter

from domain.messaging.commands import LONGEST_MAIL, Bounce, IncomingMail, MailFile
from domain.values.contacts import email_key
from domain.values.record import Record, replace
from integrations.email.authentication import dmarc_passed
from integrations.email.author import MailAuthor, author_of, list_addresses
from integrations.email.automatic import reason_for_automatic
from integrations.email.charset import decode
from integrations.email.html import LONGEST_MARKUP, html_to_text, without_pictures, without_tags
from integrations.email.mail_headers import addresses, addresses_in, decoded, mailboxes, text_of, values
from integrations.email.mime import MAX_PARTS, Part, read_mime
from integrations.email.replies.reply import new_part

_TAG = re.compile(r"\+[^@]*@")
_MESSAGE_ID = re.compile(r"<[^<>\s\x00-\x20\x7f]{1,250}>")
_MAX_DEPTH = 50  # of multiparts in each other
_DATA = ("text/calendar", "text/x-amp-html", "text/vcard", "text/x-vcard", "text/csv")  # text for programs
_END_OF_HEADERS = re.compile(rb"\r?\n\r?\n")
_BRIEF_HEADERS = 32 << 10  # bytes
_BRIEF_BODY = 200 << 10
CHUNK = 64 << 10  # bytes of a mail that are parsed at once
_MAX_REFERENCES = 100
_MAX_NAME = 200  # characters of a file's name
_TYPES = MimeTypes()  # Python's own table, which is the same on every machine
_MAX_LINE = 998  # characters: RFC 5322, 2.1.1
_WHOLE = "mail.eml"
_RECIPIENT_HEADERS = ("to", "cc", "delivered-to", "x-original-to", "envelope-to")


class Rfc5322Parser:
    """The mail parser, built on the standard library's `email` package. Some mails take it minutes, so `MailParserPool`
    runs it in processes with a budget.

    A mail of which something is left out (parts, depth or text over the limits, pictures within the markup) is itself
    the first of its files, so that nothing of it is lost.
    """

    def parse(self, raw: bytes, *, authserv_id: str | None, own: Iterable[str] = ()) -> IncomingMail:
        """Return the parsed mail, whatever the bytes are. Raises nothing.

        `authserv_id`: the server whose `Authentication-Results` are trusted (RFC 8601); None trusts no server.
        `own`: the account's own addresses; mail from them is automatic, unless a form sent it for a person.
        """
        return self.parse_stream(_chunks(raw), authserv_id=authserv_id, own=own)

    def parse_stream(
        self, chunks: Iterable[bytes], *, authserv_id: str | None, own: Iterable[str] = ()
    ) -> IncomingMail:
        """Parse as `parse` does a mail that arrives in chunks, which are all read, and not kept."""
        return self._mail(chunks, html_to_text, authserv_id, own)

    def parse_brief(self, raw: bytes, *, authserv_id: str | None, own: Iterable[str] = ()) -> IncomingMail:
        """Parse as `parse` does, in much less time: only the first 32 KiB of the headers and the first 200 KiB of the
        body are read, and HTML is shown without its tags. For mail on which `parse` takes too long."""
        found = self._mail(_chunks(_shortened(raw)), without_tags, authserv_id, own)
        names = (_WHOLE, *(name for name in found.attachments if name != _WHOLE))
        # The places of its files are not those in the whole mail.
        return replace(found, attachments=names, files=(_whole_mail(len(raw)),))

    def _mail(
        self, chunks: Iterable[bytes], convert: Callable[[str], str], authserv_id: str | None, own: Iterable[str]
    ) -> IncomingMail:
        source = _Source()
        mail = read_mime(source.reading(chunks))
        ours = frozenset(map(email_key, own))
        author = author_of(mail, ours)
        whole, files, is_cut = _text(mail, convert)
        if is_cut:
            files = (_whole_mail(source.length), *files)
        message_ids = _MESSAGE_ID.findall(text_of(mail, "message-id"))
        return IncomingMail(
            reference=message_ids[0] if message_ids else f"<{source.hash}@no-message-id>",
            sender=author.address,
            name=author.name,
            recipients=_recipients(mail),
            copied=_copied(mail, ours | list_addresses(mail)),
            subject=text_of(mail, "subject")[:_MAX_LINE],
            references=_references(mail),
            text=new_part(whole, own=ours, subject=text_of(mail, "subject")),
            whole=whole,
            attachments=tuple(file.name for file in files),
            files=tuple(file for file in files if file.start < file.end),
            automatic=reason_for_automatic(mail, author, ours),
            vouched=_vouched(mail, author, authserv_id),
            bounce=_bounce(mail),
            sent_at=_sent_at(mail),
            digest=_digest(mail, whole),
        )


def _shortened(raw: bytes) -> bytes:
    end = _END_OF_HEADERS.search(raw)
    start = end.start() if end else len(raw)
    return raw[: min(start, _BRIEF_HEADERS)] + raw[start : start + _BRIEF_BODY]


def _chunks(raw: bytes) -> Iterator[bytes]:
    return (raw[at : at + CHUNK] for at in range(0, len(raw), CHUNK))


class _Source:
    """The mail as it is read: its hash and length."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()
        self.length = 0

    @property
    def hash(self) -> str:
        return self._hash.hexdigest()

    def reading(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        for chunk in chunks:
            self._hash.update(chunk)
            self.length += len(chunk)
            yield chunk


def _whole_mail(length: int) -> MailFile:
    return MailFile(name=_WHOLE, content_type="message/rfc822", start=0, end=length)


def _recipients(mail: Message) -> tuple[str, ...]:
    """Every address that the mail was sent or delivered to, each once."""
    return tuple(dict.fromkeys(address for name in _RECIPIENT_HEADERS for address in addresses(mail, name)))


def _copied(mail: Message, ours: frozenset[str]) -> tuple[str, ...]:
    """The addresses in To and Cc that are neither the account's, with or without a tag (name+tag@domain), nor those of
    the list by which the mail came."""
    found = dict.fromkeys(address for name in ("to", "cc") for address in addresses(mail, name))
    return tuple(a for a in found if email_key(a) not in ours and email_key(_TAG.sub("@", a)) not in ours)


def _sent_at(mail: Message) -> datetime | None:
    try:
        found = parsedate_to_datetime(text_of(mail, "date")[:_MAX_LINE])
        return found.replace(tzinfo=found.tzinfo or UTC).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _digest(mail: Message, text: str) -> str:
    """A hash of what is the same when a mail comes again by another way, and differs where a sender uses a Message-ID
    twice. The names of headers that servers add or change are not in it."""
    parts = (text_of(mail, "date"), text_of(mail, "from"), text_of(mail, "subject"), " ".join(text.split()))
    return hashlib.sha256("\0".join(parts).encode(errors="replace")).hexdigest()[:32]


def _references(mail: Message) -> tuple[str, ...]:
    references = [r for h in ("references", "in-reply-to") for r in _MESSAGE_ID.findall(text_of(mail, h))]
    return tuple(dict.fromkeys(references))[-_MAX_REFERENCES:]


class _Body(Record):
    """The readable text of a part, and the files in it."""

    texts: tuple[str, ...] = ()
    files: tuple[MailFile, ...] = ()
    is_cut: bool = False  # whether a limit left something of it out


def _text(mail: Part, convert: Callable[[str], str]) -> tuple[str, tuple[MailFile, ...], bool]:
    """The body as plain text, the files, and whether something was left out."""
    body = _body(mail, convert, count(), 0)
    joined = "\n".join(text for text in body.texts if text.strip()).strip()
    text = joined.replace("\r\n", "\n").replace("\x00", "")
    return text, body.files, mail.is_cut or body.is_cut or len(text) > LONGEST_MAIL


def _body(part: Message, convert: Callable[[str], str], numbers: Iterator[int], depth: int) -> _Body:
    """Read a part: of alternatives the plain text, else the HTML; of other multiparts every part, in order."""
    kind = part.get_content_type()
    if not part.is_multipart() or part.get_content_maintype() == "message":
        return _leaf(part, kind, convert) if next(numbers) < MAX_PARTS else _Body(is_cut=True)
    children = [child for child in part.get_payload() if isinstance(child, Message)]
    if depth > _MAX_DEPTH:
        return _Body(is_cut=True)
    bodies = [_body(child, convert, numbers, depth + 1) for child in children]
    texts = [body.texts for body in bodies]
    if kind == "multipart/alternative":
        readable = [(_rank(child), text) for child, text in zip(children, texts, strict=True) if "".join(text).strip()]
        texts = [min(readable, key=itemgetter(0))[1]] if readable else []
    return _Body(
        texts=tuple(text for group in texts for text in group),
        files=tuple(file for body in bodies for file in body.files),
        is_cut=any(body.is_cut for body in bodies),
    )


def _rank(alternative: Message) -> int:
    """The place of an alternative, the best first: plain text, HTML (also with its pictures), anything else."""
    kind = alternative.get_content_type()
    if kind == "text/plain":
        return 0
    return 1 if kind == "text/html" or kind.startswith("multipart/") else 2


def _leaf(part: Message, kind: str, convert: Callable[[str], str]) -> _Body:
    name = part.get_filename()
    is_text = part.get_content_maintype() in ("text", "multipart")  # a multipart leaf is malformed text
    if name or part.get_content_disposition() == "attachment" or not is_text or kind in _DATA:
        reported = kind in ("message/delivery-status", "text/rfc822-headers", *_DATA) and not name
        return _Body(files=() if reported else (_file(part, kind, decoded(name) if name else ""),))
    content = _content(part)
    if kind != "text/html":
        return _Body(texts=(content,))
    markup, has_pictures = without_pictures(content)
    return _Body(texts=(convert(markup),), is_cut=has_pictures or len(markup) > LONGEST_MARKUP)


def _file(part: Message, kind: str, name: str) -> MailFile:
    """The file that a part is. An enclosed mail is named by its subject, what has no name by its type: `image.png`."""
    if kind == "message/rfc822" and not name and part.is_multipart():
        enclosed = part.get_payload(0)
        name = f"{text_of(enclosed, 'subject') or 'mail'}.eml" if isinstance(enclosed, Message) else ""
    return MailFile(
        name=name[:_MAX_NAME] or _name_by_type(kind),
        content_type=kind,
        start=part.start if isinstance(part, Part) else 0,
        end=part.end if isinstance(part, Part) else 0,
        encoding=text_of(part, "content-transfer-encoding").lower() if kind != "message/rfc822" else "",
        inline=part.get_content_disposition() != "attachment" and part.get("content-id") is not None,
    )


def _name_by_type(kind: str) -> str:
    extension = _TYPES.guess_extension(kind)
    return f"{kind.partition('/')[0]}{extension}" if extension else kind.replace("/", "-")[:_MAX_NAME]


def _content(part: Message) -> str:
    try:
        raw = part.get_payload(decode=True)
    except Exception:  # noqa: BLE001 - as above; malformed base64 is shown undecoded
        raw = str(part.get_payload()).encode("utf-8", "surrogateescape")
    if not raw:
        raw = str(part.get_payload()).strip().encode("utf-8", "surrogateescape")
    return decode(raw, part.get_content_charset()) if isinstance(raw, bytes) else ""


def _vouched(mail: Message, author: MailAuthor, authserv_id: str | None) -> bool | None:
    """Whether DMARC passed at the trusted server for the author; None where no server is trusted. DMARC is about one
    address in `From`, so a mail with several is not vouched for (RFC 7489, 6.6.1), even if one of them is a name."""
    if authserv_id is None:
        return None
    named = mailboxes(mail, "from")
    if not author.is_from or len(values(mail, "from")) != 1 or len(named) != 1:
        return False
    if set(addresses_in(named[0][0])) - {author.address}:
        return False
    headers = [(name, " ".join(str(value).split())) for name, value in mail.raw_items()]
    return dmarc_passed(headers, authserv_id=authserv_id, sender=author.address)


def _bounce(mail: Message) -> Bounce | None:
    """The delivery status report (RFC 3464) in the mail: the reason, and the Message-ID that did not arrive."""
    if mail.get_content_type() != "multipart/report":
        return None
    reason, reference = "", ""
    for part in mail.walk():
        kind = part.get_content_type()
        if kind == "message/delivery-status":
            fields = [f for f in part.get_payload() if isinstance(f, Message)] if part.is_multipart() else []
            failed = [f for f in fields if text_of(f, "action").lower() == "failed"]
            reason = next((text_of(f, "diagnostic-code") or text_of(f, "status") for f in failed), reason)
        elif kind == "text/rfc822-headers":
            original = message_from_bytes(_content(part).encode("utf-8", "surrogateescape"))
            reference = next(iter(_MESSAGE_ID.findall(text_of(original, "message-id"))), reference)
        elif part is not mail and part.get("message-id"):
            reference = next(iter(_MESSAGE_ID.findall(text_of(part, "message-id"))), reference)
    return Bounce(reference=reference, reason=reason[:300]) if reason and reference else None
