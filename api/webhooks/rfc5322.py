"""Reading a mail as it stands on the wire (RFC 5322, MIME), whatever was done to it: what cannot be decoded is shown as
well as can be, and nothing of it fails.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from email import message_from_bytes
from email.header import decode_header
from email.message import Message
from email.parser import BytesHeaderParser
from email.utils import getaddresses

from api.webhooks.html_text import text_of
from api.webhooks.quotes import new_part
from domain.messaging.commands import Bounce, IncomingMail

_REFERENCE = re.compile(r"<[^<>\s\x00-\x20\x7f]{1,250}>")
_MOST_REFERENCES = 100
_MOST_PARTS = 500
_MACHINES = re.compile(r"(?:mailer-daemon|postmaster|no-?reply|do-?not-?reply|bounces?)(?:[+=.-].*)?", re.IGNORECASE)
_BULK = frozenset({"bulk", "junk", "list", "auto_reply"})
_MARKS = ("x-autoreply", "x-autorespond", "x-auto-response-from", "list-id", "list-unsubscribe", "feedback-id")
_DMARC = re.compile(r"\bdmarc\s*=\s*([a-z]+)", re.IGNORECASE)


def read(raw: bytes, *, authserv_id: str | None, own: Iterable[str] = ()) -> IncomingMail:
    """`authserv_id`: the server whose Authentication-Results are to be believed (RFC 8601, 1.6), the account's own.
    `own`: addresses that nobody writes to us from."""
    mail = _parsed(raw)
    sender, name = _sender(mail)
    whole, attachments = _text(mail)
    ids = _references(mail)
    named = _REFERENCE.findall(_header(mail, "message-id"))
    recipients = [a for h in ("to", "cc", "delivered-to", "x-original-to", "envelope-to") for a in _addresses(mail, h)]
    return IncomingMail(
        reference=named[0] if named else f"<{hashlib.sha256(raw).hexdigest()}@no-message-id>",
        sender=sender,
        name=name,
        recipients=tuple(dict.fromkeys(recipients)),
        subject=_header(mail, "subject")[:998],
        references=ids,
        text=new_part(whole),
        whole=whole,
        attachments=attachments,
        automatic=_automatic(mail, sender, frozenset(address.casefold() for address in own)),
        vouched=_vouched(mail, authserv_id),
        bounce=_bounce(mail),
    )


def _parsed(raw: bytes) -> Message:
    """Its headers at least: parts within parts within parts are nobody's letter."""
    try:
        return message_from_bytes(raw)
    except (RecursionError, ValueError, LookupError, AssertionError):
        return BytesHeaderParser().parsebytes(raw)


def _headers(mail: Message, name: str) -> list[str]:
    """As they came, unfolded; bytes that are no ASCII read as what they may be."""
    found = [str(value) for key, value in mail.raw_items() if key.lower() == name]
    return [" ".join(_characters(v.encode("utf-8", "surrogateescape"), "utf-8").split()) for v in found]


def _header(mail: Message, name: str) -> str:
    return _decoded(next(iter(_headers(mail, name)), ""))


def _decoded(text: str) -> str:
    """Encoded words (RFC 2047) as text, also such as were made wrongly."""
    try:
        parts = decode_header(text)
    except Exception:  # noqa: BLE001 - the email package fails in many ways on what is no header
        parts = [(text, None)]
    return " ".join("".join(p if isinstance(p, str) else _characters(p, charset) for p, charset in parts).split())


def _characters(raw: bytes, charset: str | None) -> str:
    """In the charset that is named, else in UTF-8, else byte by byte: something can always be read."""
    for name in (charset, "utf-8", "cp1252"):
        try:
            return raw.decode(name or "utf-8")
        except (LookupError, ValueError):
            continue
    return raw.decode("latin-1")


def _addresses(mail: Message, name: str) -> Iterator[str]:
    for _, address in getaddresses(_headers(mail, name)):
        if "@" in address:
            yield address


def _sender(mail: Message) -> tuple[str, str | None]:
    """Who it is from, and what they call themselves. Reply-To is not asked: who writes is who is answered."""
    for shown, address in getaddresses(_headers(mail, "from")):
        if "@" in address:
            name = _decoded(shown).strip(" \"'")
            return address, name[:200] if name and "@" not in name else None
    return "", None


def _references(mail: Message) -> tuple[str, ...]:
    named = [r for h in ("references", "in-reply-to") for r in _REFERENCE.findall(_header(mail, h))]
    return tuple(dict.fromkeys(named))[-_MOST_REFERENCES:]


def _text(mail: Message) -> tuple[str, tuple[str, ...]]:
    """What it says, as plain text, and the names of what is attached."""
    plain: list[str] = []
    rich: list[str] = []
    attachments: list[str] = []
    for number, part in enumerate(_leaves(mail)):
        if number >= _MOST_PARTS:
            break
        name = part.get_filename()
        kind = part.get_content_type()
        words = part.get_content_maintype() in ("text", "multipart")  # one that has no parts after all
        if name or part.get_content_disposition() == "attachment" or not words:
            if kind not in ("message/delivery-status", "text/rfc822-headers"):
                attachments.append(_decoded(name)[:200] if name else kind)
        elif kind == "text/html":
            rich.append(text_of(_content(part)))
        else:
            plain.append(_content(part))
    said = "\n".join(plain).strip() or "\n".join(rich).strip()
    return said.replace("\r\n", "\n").replace("\x00", ""), tuple(attachments)


def _leaves(mail: Message) -> Iterator[Message]:
    """Parts without parts; a mail that is attached is one."""
    if mail.get_content_maintype() == "message" and mail.is_multipart():
        yield mail
    elif mail.is_multipart():
        for part in mail.get_payload():
            if isinstance(part, Message):
                yield from _leaves(part)
    else:
        yield mail


def _content(part: Message) -> str:
    try:
        raw = part.get_payload(decode=True)
    except Exception:  # noqa: BLE001 - as above: what is no base 64 is shown as it is
        raw = str(part.get_payload()).encode("utf-8", "surrogateescape")
    if not raw:
        raw = str(part.get_payload()).strip().encode("utf-8", "surrogateescape")
    return _characters(raw, part.get_content_charset()) if isinstance(raw, bytes) else ""


def _automatic(mail: Message, sender: str, own: frozenset[str]) -> str | None:
    """Why no human wrote it. RFC 3834, and what programs did before it."""
    submitted = _header(mail, "auto-submitted").partition(";")[0].strip().lower()
    if submitted and submitted != "no":
        return f"Auto-Submitted: {submitted}"
    if (precedence := _header(mail, "precedence").lower()) in _BULK:
        return f"Precedence: {precedence}"
    if mark := next((mark for mark in _MARKS if mail.get(mark) is not None), None):
        return mark
    if _header(mail, "return-path").replace(" ", "") == "<>":
        return "bounce"
    if mail.get_content_type() == "multipart/report":
        return "report"
    if sender.casefold() in own:
        return "own address"
    return "machine's address" if _MACHINES.fullmatch(sender.rpartition("@")[0]) else None


def _vouched(mail: Message, authserv_id: str | None) -> bool | None:
    """What the account's own server found. Its line is the topmost of its name: what is below came with the mail."""
    if authserv_id is None:
        return None
    for text in _headers(mail, "authentication-results"):
        said_by, _, results = text.partition(";")
        if said_by.split()[:1] == [authserv_id] or said_by.strip().casefold() == authserv_id.casefold():
            found = _DMARC.search(results)
            return found is not None and found[1].lower() == "pass"
    return False


def _bounce(mail: Message) -> Bounce | None:
    """A report that a mail did not arrive (RFC 3464), and which one it was."""
    if mail.get_content_type() != "multipart/report":
        return None
    reason, reference = "", ""
    for part in mail.walk():
        kind = part.get_content_type()
        if kind == "message/delivery-status":
            fields = [f for f in part.get_payload() if isinstance(f, Message)] if part.is_multipart() else []
            failed = [f for f in fields if _header(f, "action").lower() == "failed"]
            reason = next((_header(f, "diagnostic-code") or _header(f, "status") for f in failed), reason)
        elif kind == "text/rfc822-headers":
            original = message_from_bytes(_content(part).encode("utf-8", "surrogateescape"))
            reference = next(iter(_REFERENCE.findall(_header(original, "message-id"))), reference)
        elif part is not mail and part.get("message-id"):
            reference = next(iter(_REFERENCE.findall(_header(part, "message-id"))), reference)
    return Bounce(reference=reference, reason=reason[:300]) if reason and reference else None
