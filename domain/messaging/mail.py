"""Threading of e-mail: how a reply is matched to its conversation.

Every outgoing mail has a token of the conversation in its Message-ID and References, which a reply quotes (RFC 5322,
3.6.4). A token cannot be made without the server's secret, so a reply with one comes from somebody who received a mail.

    <m.MESSAGE.TOKEN@shop.example>     the Message-ID of a mail, the same for every attempt to send it
    <c.TOKEN@shop.example>             in References, if there is no mail to reply to
    support+TOKEN@shop.example         the reply address, if the account's server delivers plus addresses

TOKEN is the conversation's id and ten characters of an HMAC of the account's and the conversation's id.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable
from typing import ClassVar

from domain.values.contacts import ascii_host
from domain.values.ids import AccountId, ConversationId, MessageId
from domain.values.record import SecretRecord
from domain.values.text import one_line

_ID_LENGTH, _MAC_LENGTH = 26, 10  # 50 bits: enough, since each guess is a mail that the caller signs
_LONGEST_LOCAL_PART = 64  # RFC 5321, 4.5.3.1.1
_TOKEN = rf"[0-9a-z]{{{_ID_LENGTH}}}[0-9a-z]{{{_MAC_LENGTH}}}"
_IN_REFERENCE = re.compile(rf"<(?:m\.[0-9a-z]{{{_ID_LENGTH}}}|c)\.({_TOKEN})@", re.IGNORECASE)
_IN_ADDRESS = re.compile(rf"\+({_TOKEN})@", re.IGNORECASE)
_OURS = re.compile(rf"<m\.([0-9a-z]{{{_ID_LENGTH}}})\.{_TOKEN}@", re.IGNORECASE)
# What mail programs write before the subject of a reply or a forwarded mail, in many languages.
REPLY_PREFIXES = (
    "re", "aw", "antw", "sv", "vs", "vl", "odp", "pd", "r", "rif", "res", "enc", "rv", "rpl", "fwd", "fw", "wg", "tr",
    "doorst", "vb", "ynt", "ilt", "vá", "bls", "trs", "απ", "πρθ", "σχετ", "回复", "回覆", "答复", "答覆", "转发",
    "轉寄", "轉發", "返信", "転送", "회신", "전달",
)  # fmt: skip
_REPLY = re.compile(rf"^(?:(?:{'|'.join(REPLY_PREFIXES)})\s*(?:\[\d+\])?\s*[:：]\s*)+", re.IGNORECASE)
_SUBJECT = 200  # characters
_KEPT = 20  # Message-IDs kept of a thread: the first and the latest


class MailTokens(SecretRecord, kw_only=False):
    """Makes and checks the tokens."""

    hidden: ClassVar[tuple[str, ...]] = ("secret",)

    secret: bytes

    def token(self, account_id: AccountId, conversation_id: ConversationId) -> str:
        """Return the token of a conversation."""
        said = f"mail:{account_id}:{conversation_id}".encode()
        mac = base64.b32encode(hmac.digest(self.secret, said, hashlib.sha256))[:_MAC_LENGTH]
        return f"{conversation_id}{mac.decode()}".lower()

    def conversation(
        self, account_id: AccountId, references: Iterable[str], addresses: Iterable[str]
    ) -> ConversationId | None:
        """Return the conversation that a mail belongs to, by its recipient addresses, then by its latest reference with
        a token; `None` if no token is valid."""
        named = [match for text in references for match in _IN_REFERENCE.findall(text)]
        named = [match for text in addresses for match in _IN_ADDRESS.findall(text)] + named[::-1]
        for token in named:
            conversation_id = ConversationId(token[:_ID_LENGTH].upper())
            if hmac.compare_digest(self.token(account_id, conversation_id), token.lower()):
                return conversation_id
        return None

    def message_ref(
        self, account_id: AccountId, conversation_id: ConversationId, message_id: MessageId, domain: str
    ) -> str:
        """Return the Message-ID of a message."""
        return f"<m.{message_id.lower()}.{self.token(account_id, conversation_id)}@{domain}>"

    def root_ref(self, account_id: AccountId, conversation_id: ConversationId, domain: str) -> str:
        """Return the reference that stands for the conversation."""
        return f"<c.{self.token(account_id, conversation_id)}@{domain}>"

    def reply_address(self, account_id: AccountId, conversation_id: ConversationId, address: str) -> str | None:
        """Return the account's address with the conversation's token; `None` if it would be too long for an address."""
        local, _, domain = address.rpartition("@")
        tagged = f"{local}+{self.token(account_id, conversation_id)}"
        return None if len(tagged) > _LONGEST_LOCAL_PART else f"{tagged}@{domain}"


def message_named(reference: str) -> MessageId | None:
    """Return the message that a Message-ID of ours names; its token is not checked. `None` for other Message-IDs."""
    match = _OURS.search(reference)
    return None if match is None else MessageId(match[1].upper())


def bare_subject(subject: str) -> str:
    """Return the subject on one line, without the prefixes Re: and Fwd: of several languages."""
    return _REPLY.sub("", one_line(subject))[:_SUBJECT].strip()


def kept_thread(references: Iterable[str]) -> tuple[str, ...]:
    """Return the first and the latest Message-IDs of a thread, so that it does not grow without limit."""
    thread = tuple(dict.fromkeys(references))
    return thread if len(thread) <= _KEPT else (thread[0], *thread[-_KEPT + 1 :])


def ascii_domain(address: str) -> str:
    """Return the part after the @, in the ASCII form of the DNS."""
    return ascii_host(address.rpartition("@")[2])


def with_ascii_domain(address: str) -> str:
    """Return the address with its domain in the ASCII form of the DNS."""
    return f"{address.rpartition('@')[0]}@{ascii_domain(address)}"
