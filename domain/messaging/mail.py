"""How e-mail finds its way back into a conversation.

Every mail of ours carries the conversation in its Message-ID, and in its References: whoever answers has received it,
since nobody can make such a name without the server's secret. RFC 5322, 3.6.4, is what mail programs thread by.

    <m.MESSAGE.TOKEN@shop.example>     the Message-ID of a mail: the same however often it is sent
    <c.TOKEN@shop.example>             stands in References where there is nothing else to answer
    support+TOKEN@shop.example         where the account's server delivers such addresses

TOKEN is the conversation's id and ten signs of an HMAC of it and the account's.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Iterable
from typing import ClassVar

from domain.values.ids import AccountId, ConversationId, MessageId
from domain.values.record import SecretRecord

_ID_LENGTH, _MAC_LENGTH = 26, 10  # fifty bits: enough where each guess is a mail that our caller has to sign
_LONGEST_LOCAL_PART = 64  # RFC 5321, 4.5.3.1.1
_TOKEN = rf"[0-9a-z]{{{_ID_LENGTH}}}[0-9a-z]{{{_MAC_LENGTH}}}"
_IN_REFERENCE = re.compile(rf"<(?:m\.[0-9a-z]{{{_ID_LENGTH}}}|c)\.({_TOKEN})@", re.IGNORECASE)
_IN_ADDRESS = re.compile(rf"\+({_TOKEN})@", re.IGNORECASE)
_OURS = re.compile(rf"<m\.([0-9a-z]{{{_ID_LENGTH}}})\.{_TOKEN}@", re.IGNORECASE)
_REPLY = re.compile(
    r"^(?:(?:re|aw|antw|sv|vs|odp|r|rif|ref|res|enc|fwd?|wg|tr)\s*(?:\[\d+\])?\s*[:：]\s*)+", re.IGNORECASE
)
_SUBJECT = 200  # characters
_KEPT = 20  # Message-IDs of a thread: the first, and the latest


class MailTokens(SecretRecord, kw_only=False):
    hidden: ClassVar[tuple[str, ...]] = ("secret",)

    secret: bytes

    def token(self, account_id: AccountId, conversation_id: ConversationId) -> str:
        said = f"mail:{account_id}:{conversation_id}".encode()
        mac = base64.b32encode(hmac.digest(self.secret, said, hashlib.sha256))[:_MAC_LENGTH]
        return f"{conversation_id}{mac.decode()}".lower()

    def conversation(
        self, account_id: AccountId, references: Iterable[str], addresses: Iterable[str]
    ) -> ConversationId | None:
        """The conversation that a mail answers, by the latest name of ours among what it refers to."""
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
        return f"<m.{message_id.lower()}.{self.token(account_id, conversation_id)}@{domain}>"

    def root_ref(self, account_id: AccountId, conversation_id: ConversationId, domain: str) -> str:
        return f"<c.{self.token(account_id, conversation_id)}@{domain}>"

    def reply_address(self, account_id: AccountId, conversation_id: ConversationId, address: str) -> str | None:
        """The account's address with the conversation in it; None where that would be too long for an address."""
        local, _, domain = address.rpartition("@")
        tagged = f"{local}+{self.token(account_id, conversation_id)}"
        return None if len(tagged) > _LONGEST_LOCAL_PART else f"{tagged}@{domain}"


def message_named(reference: str) -> MessageId | None:
    """Which message of ours a Message-ID stands for, whoever says so."""
    match = _OURS.search(reference)
    return None if match is None else MessageId(match[1].upper())


def bare_subject(subject: str) -> str:
    """On one line, without the Re: and Fwd: of any language in front of it."""
    line = " ".join("".join(c if c.isprintable() else " " for c in subject).split())
    return _REPLY.sub("", line)[:_SUBJECT].strip()


def kept_thread(references: Iterable[str]) -> tuple[str, ...]:
    """A thread that cannot grow without end: the first of it, and the latest."""
    thread = tuple(dict.fromkeys(references))
    return thread if len(thread) <= _KEPT else (thread[0], *thread[-_KEPT + 1 :])


def ascii_domain(address: str) -> str:
    """The part behind the @, as the DNS has it."""
    return address.rpartition("@")[2].encode("idna").decode()


def with_ascii_domain(address: str) -> str:
    return f"{address.rpartition('@')[0]}@{ascii_domain(address)}"
