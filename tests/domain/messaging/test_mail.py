"""References to conversations in mails, keywords, and subjects."""

from __future__ import annotations

import pytest

from domain.messaging.keywords import Keyword, keyword_of
from domain.messaging.mail import MailTokens, bare_subject, kept_thread, message_named
from domain.values.ids import AccountId, ConversationId, MessageId

ACCOUNT, OTHER = AccountId("01J0000000000000000000000A"), AccountId("01J0000000000000000000000B")
CONVERSATION = ConversationId("01J9ZK3ABCDEFGHJKMNPQRSTVW")
MESSAGE = MessageId("01J9ZK3ABCDEFGHJKMNPQRSTVX")
TOKENS = MailTokens(b"a secret")


def test_the_headers_of_a_sent_mail_identify_its_conversation() -> None:
    ours = TOKENS.message_ref(ACCOUNT, CONVERSATION, MESSAGE, "shop.example")
    root = TOKENS.root_ref(ACCOUNT, CONVERSATION, "shop.example")
    address = TOKENS.reply_address(ACCOUNT, CONVERSATION, "help@shop.example")
    assert address is not None
    assert len(address.split("@")[0]) <= 64
    for references, addresses in (([ours], []), ([root], []), (["<x@y>", ours, "<z@y>"], []), ([], [address.upper()])):
        assert TOKENS.conversation(ACCOUNT, references, addresses) == CONVERSATION
    assert message_named(ours) == MESSAGE
    assert message_named(root) is None


@pytest.mark.parametrize("spoilt", [0, 5, 40, 60])
def test_no_other_name_does(spoilt: int) -> None:
    ours = TOKENS.message_ref(ACCOUNT, CONVERSATION, MESSAGE, "shop.example")
    at = ours.index(CONVERSATION.lower()) + (spoilt % 36)
    wrong = ours[:at] + ("2" if ours[at] != "2" else "3") + ours[at + 1 :]
    assert TOKENS.conversation(ACCOUNT, [wrong], []) is None
    assert TOKENS.conversation(OTHER, [ours], []) is None
    assert MailTokens(b"another").conversation(ACCOUNT, [ours], []) is None


def test_the_latest_name_counts() -> None:
    later = ConversationId("01J9ZK3ABCDEFGHJKMNPQRSTVY")
    names = [TOKENS.root_ref(ACCOUNT, one, "a.example") for one in (CONVERSATION, later)]
    assert TOKENS.conversation(ACCOUNT, names, []) == later


def test_no_room_in_the_address() -> None:
    assert TOKENS.reply_address(ACCOUNT, CONVERSATION, f"{'a' * 40}@shop.example") is None


@pytest.mark.parametrize(
    ("subject", "bare"),
    [
        ("Re: AW: Fwd: Where is it?", "Where is it?"),
        ("RE[2]: hello", "hello"),
        ("SV:VS: hej", "hej"),
        ("Recipe: soup", "Recipe: soup"),
        ("one\r\nBcc: all@x", "one Bcc: all@x"),
        ("回复：Re: 订单", "订单"),
        ("x" * 500, "x" * 200),
    ],
)
def test_subjects(subject: str, bare: str) -> None:
    assert bare_subject(subject) == bare


def test_a_thread_has_a_maximum_length() -> None:
    thread = kept_thread(f"<{n}@x>" for n in [*range(100), 99])
    assert (len(thread), thread[0], thread[1], thread[-1]) == (20, "<0@x>", "<81@x>", "<99@x>")


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("STOP", Keyword.STOP),
        (" stop.\n", Keyword.STOP),
        ("Unsubscribe", Keyword.STOP),
        ("please stop", None),
        ("stop it", None),
        ("START", Keyword.START),
        ("unstop", Keyword.START),
        ("Help!", Keyword.HELP),
        ("help me", None),
        ("", None),
        ("停止", None),
    ],
)
def test_keywords(text: str, word: Keyword | None) -> None:
    assert keyword_of(text) is word


def test_the_carrier_knows_better() -> None:
    assert keyword_of("ARRET", carrier_says="STOP") is Keyword.STOP
    assert keyword_of("hello", carrier_says="") is None
    assert keyword_of("STOP", carrier_says="WHAT") is Keyword.STOP
