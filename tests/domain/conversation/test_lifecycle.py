from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.conversation import lifecycle
from domain.model.conversation import (
    Author,
    AuthorKind,
    Channel,
    ControllerKind,
    Conversation,
    ConversationStatus,
    MessageKind,
    Visitor,
)
from domain.values.ids import ProfileId
from domain.values.record import replace

NOW = datetime(2026, 6, 7, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
AUTHORS = {kind: Author(kind=kind, name=kind.value) for kind in AuthorKind}
WORDS = st.tuples(st.sampled_from(AuthorKind), st.sampled_from(MessageKind), st.integers(-5, 60))


def opened() -> Conversation:
    return lifecycle.open_conversation(
        channel=Channel.WEB_CHAT,
        visitor=Visitor(anonymous_id="one"),
        profile_id=ProfileId("P"),
        first_question="Hello",
        now=NOW,
    )


def spoken(
    conversation: Conversation, kind: AuthorKind, message_kind: MessageKind = MessageKind.TEXT, at: datetime = NOW
) -> Conversation:
    return lifecycle.add_message(conversation, author=AUTHORS[kind], text="…", now=at, kind=message_kind)[0]


@given(st.lists(WORDS, min_size=1, max_size=30))
def test_any_history_is_numbered_counted_and_in_order(words: list[tuple[AuthorKind, MessageKind, int]]) -> None:
    conversation, messages = opened(), []
    for kind, message_kind, minutes in words:
        conversation, message = lifecycle.add_message(
            conversation, author=AUTHORS[kind], text="…", now=NOW + timedelta(minutes=minutes), kind=message_kind
        )
        messages.append(message)
    seen = [message for message in messages if message.kind is not MessageKind.NOTE]
    assert [message.sequence for message in messages] == list(range(1, len(words) + 1))
    assert conversation.sequence == len(words)
    assert conversation.message_count == len(seen)
    assert [m.sent_at for m in seen] == sorted(m.sent_at for m in seen)
    assert conversation.last_message_at == max([m.sent_at for m in seen], default=NOW)
    speakers = [m.author.kind for m in seen if m.author.kind is not AuthorKind.SYSTEM]
    assert conversation.last_speaker is (speakers[-1] if speakers else AuthorKind.SHOPPER)
    assert conversation.auto_close_at == conversation.last_message_at + 48 * HOUR


@pytest.mark.parametrize(
    ("speakers", "status"),
    [
        ([AuthorKind.SHOPPER], ConversationStatus.CLOSED),
        ([AuthorKind.SHOPPER, AuthorKind.AI_AGENT], ConversationStatus.RESOLVED_BY_AI),
        ([AuthorKind.SHOPPER, AuthorKind.AI_AGENT, AuthorKind.SHOPPER], ConversationStatus.CLOSED),
        ([AuthorKind.SHOPPER, AuthorKind.AI_AGENT, AuthorKind.SYSTEM], ConversationStatus.RESOLVED_BY_AI),
        ([AuthorKind.SHOPPER, AuthorKind.AI_AGENT, AuthorKind.HUMAN_AGENT], ConversationStatus.CLOSED),
    ],
)
def test_last_word_decides_the_status(speakers: list[AuthorKind], status: ConversationStatus) -> None:
    conversation = opened()
    for kind in speakers:
        conversation = spoken(conversation, kind)
    assert lifecycle.close(conversation, NOW).status is status


def test_note_is_nobodys_word() -> None:
    conversation = spoken(spoken(opened(), AuthorKind.SHOPPER), AuthorKind.AI_AGENT)
    noted = spoken(conversation, AuthorKind.HUMAN_AGENT, MessageKind.NOTE, NOW + HOUR)
    assert noted == replace(conversation, sequence=3)
    assert lifecycle.close(noted, NOW).status is ConversationStatus.RESOLVED_BY_AI


@pytest.mark.parametrize("kind", list(AuthorKind))
def test_handoff_is_final_whoever_speaks_last(kind: AuthorKind) -> None:
    handed_over = replace(spoken(opened(), AuthorKind.SHOPPER), status=ConversationStatus.NOT_RESOLVED_BY_AI)
    assert lifecycle.close(spoken(handed_over, kind), NOW).status is ConversationStatus.NOT_RESOLVED_BY_AI


def test_close_gives_the_conversation_to_nobody() -> None:
    conversation = replace(spoken(opened(), AuthorKind.SHOPPER), open_keys=("WEB_CHAT|a:one",))
    closed = lifecycle.close(conversation, NOW + HOUR)
    assert (closed.controller.kind, closed.controller.epoch, closed.controller.since) == (
        ControllerKind.NOBODY,
        conversation.controller.epoch + 1,
        NOW + HOUR,
    )
    assert (closed.closed_at, closed.open_keys) == (NOW + HOUR, ())
    assert closed.last_message_at == NOW


def test_due_to_the_millisecond_and_not_when_closed() -> None:
    conversation = spoken(opened(), AuthorKind.SHOPPER)
    due = NOW + 48 * HOUR
    assert not conversation.is_due(due - timedelta(milliseconds=1))
    assert conversation.is_due(due)
    assert not lifecycle.close(conversation, NOW).is_due(due)


@given(st.lists(st.tuples(st.sampled_from(["a", "b", None]), st.lists(st.sampled_from("xyz"), max_size=4))))
def test_labels(labels: list[tuple[str | None, list[str]]]) -> None:
    conversation = opened()
    for skill, tags in labels:
        conversation = lifecycle.label(conversation, skill=skill, tags=tuple(tags))
    skills = [skill for skill, _ in labels if skill]
    assert conversation.initial_skill == (skills[0] if skills else None)
    assert conversation.final_skill == (skills[-1] if skills else None)
    assert sorted(conversation.tags) == sorted({tag for _, tags in labels for tag in tags})


def test_open_keys_are_those_of_proved_identities_and_of_the_browser() -> None:
    visitor = Visitor(browser_id="B1", external_id="x1", email="Ann@Example.com", phone="+391")
    assert lifecycle.proved_open_keys(Channel.SMS, visitor) == ()
    assert lifecycle.proved_open_keys(Channel.SMS, visitor.vouched()) == (
        "SMS|x:x1",
        "SMS|e:ann@example.com",
        "SMS|p:+391",
    )
    assert lifecycle.browser_open_key(Channel.SMS, visitor) == "SMS|b:B1"
    assert lifecycle.browser_open_key(Channel.SMS, Visitor(anonymous_id="label")) is None
