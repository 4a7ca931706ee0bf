"""What a click in a mail proves, when it is refused, and what it never opens (docs/product-rules.md, section 7).

Vic is a shopper who owns a mailbox; Mallory is a stranger who claims its address.
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from domain.email_confirmation.errors import EmailNotConnected, TooManyMails
from domain.email_confirmation.limits import ACCOUNT_MAILS, ADDRESS_MAILS, CONVERSATION_MAILS
from domain.email_confirmation.service import LinkState, SendEmailConfirmation
from domain.email_confirmation.tokens import ConfirmationTokens
from domain.events import ConversationChanged
from domain.model.conversation import Visitor
from domain.model.email_confirmation import LIFE, ConfirmationMails, EmailConfirmation
from domain.model.handoff import HandoffMethod, HandoffState, Helpdesk, IdentityPolicy
from domain.model.outbox import Destination, Outgoing, OutgoingKind
from domain.values.channel import Channel
from domain.values.errors import Conflict, Forbidden, Invalid, NotFound
from domain.values.record import replace
from tests.harness.email_confirmation import Confirmations, mail_server_of
from tests.harness.memory_shop import MemoryShop

EMAIL = "vic@x.example"
VIC = Visitor(external_id="vic", name="Vic", email=EMAIL, phone="+393331234567")


@pytest.fixture
def shop() -> MemoryShop:
    shop = MemoryShop()
    shop.storage.keep(mail_server_of(shop.storage))
    return shop


@pytest.fixture
def confirmations(shop: MemoryShop) -> Confirmations:
    return Confirmations(shop)


async def state_after(confirmations: Confirmations, token: str) -> LinkState:
    link = await confirmations.press(token)
    assert link is not None
    return link.state


async def test_the_button_proves_the_address_and_nothing_else(shop: MemoryShop, confirmations: Confirmations) -> None:
    started = await shop.open_chat(email="Vic@X.example", name="Vic", phone="+393331234567", external_id="vic")
    talk = started.conversation
    token = await confirmations.ask(talk)
    before, events = shop.now(talk), len(shop.storage.events)
    link = await confirmations.service.find(token)
    assert link is not None
    assert (link.state, link.email) == (LinkState.WAITING, talk.visitor.email)
    assert shop.now(talk) == before, "the page changes nothing"
    assert await state_after(confirmations, token) is LinkState.CONFIRMED
    assert shop.now(talk).visitor.proved == ("email",)
    profile = shop.profile(talk)
    assert profile.verified
    assert (profile.keys, profile.external_id, profile.name, profile.phone) == (("e:vic@x.example",), None, None, None)
    [changed] = shop.storage.events[events:]
    assert isinstance(changed, ConversationChanged)
    assert changed.conversation.visitor.proved == ("email",)


async def test_the_mail_is_a_row_of_the_outbox(shop: MemoryShop, confirmations: Confirmations) -> None:
    talk = (await shop.open_chat(email=EMAIL)).conversation
    await confirmations.ask(talk)
    [row], [confirmation] = shop.storage.all(Outgoing), shop.storage.all(EmailConfirmation)
    assert (row.kind, row.destination) == (OutgoingKind.EMAIL_CONFIRMATION, Destination.EMAIL)
    assert (row.confirmation_id, row.queue is not None) == (confirmation.id, True)
    assert (confirmation.email, confirmation.expires_at) == (EMAIL, shop.storage.now + LIFE)


async def test_the_conversation_joins_the_profile_of_the_address(
    shop: MemoryShop, confirmations: Confirmations
) -> None:
    known = shop.profile(await shop.start(visitor=VIC, channel=Channel.SMS))
    talk = (await shop.open_chat(email=EMAIL)).conversation
    await confirmations.press(await confirmations.ask(talk))
    assert shop.profile(talk).id == known.id
    assert shop.now(talk).visitor.external_id is None


async def test_a_second_press_changes_nothing(shop: MemoryShop, confirmations: Confirmations) -> None:
    talk = (await shop.open_chat(email=EMAIL)).conversation
    first, second = await confirmations.ask(talk), await confirmations.ask(talk)
    await confirmations.press(first)
    known = shop.storage.entities, len(shop.storage.events)
    for token in (first, first, second):
        assert await state_after(confirmations, token) is LinkState.CONFIRMED
    assert (shop.storage.entities, len(shop.storage.events)) == known


async def test_a_used_link_proves_nothing_again(shop: MemoryShop, confirmations: Confirmations) -> None:
    talk = (await shop.open_chat(email=EMAIL)).conversation
    token = await confirmations.ask(talk)
    await confirmations.press(token)
    shop.storage.keep(replace(shop.now(talk), visitor=talk.visitor))  # as if somebody had undone it
    assert await state_after(confirmations, token) is LinkState.CONFIRMED
    assert shop.now(talk).visitor.proved == ()


async def test_the_link_ends(shop: MemoryShop, confirmations: Confirmations) -> None:
    talk = (await shop.open_chat(email=EMAIL)).conversation
    token = await confirmations.ask(talk)
    shop.storage.now += LIFE
    assert await state_after(confirmations, token) is LinkState.EXPIRED
    assert not shop.now(talk).visitor.proved


async def test_another_claim_since_ends_the_link(shop: MemoryShop, confirmations: Confirmations) -> None:
    talk = (await shop.open_chat(email=EMAIL)).conversation
    token = await confirmations.ask(talk)
    await shop.identify(talk, email="other@x.example")
    assert await state_after(confirmations, token) is LinkState.CHANGED
    await shop.identify(talk, email="VIC@x.example")  # the same address
    assert await state_after(confirmations, token) is LinkState.CONFIRMED


async def test_another_proof_since_is_not_mixed_with_it(shop: MemoryShop, confirmations: Confirmations) -> None:
    """Mallory, who is signed in as herself, would otherwise become one shopper with Vic."""
    talk = (await shop.open_chat(email=EMAIL)).conversation
    token = await confirmations.ask(talk)
    await shop.identify(talk, identity_token=shop.identities.token(external_id="mallory"))
    before = shop.storage.entities
    assert await state_after(confirmations, token) is LinkState.REFUSED
    assert shop.storage.entities == before
    with pytest.raises(Conflict):
        await confirmations.ask(talk)


async def test_a_proof_of_the_same_address_since_counts_as_confirmed(
    shop: MemoryShop, confirmations: Confirmations
) -> None:
    talk = (await shop.open_chat(email=EMAIL)).conversation
    token = await confirmations.ask(talk)
    await shop.identify(talk, identity_token=shop.identities.token(external_id="vic", email=EMAIL))
    assert await state_after(confirmations, token) is LinkState.CONFIRMED


async def test_after_the_close_it_works_as_long_as_the_shopper_may_identify(
    shop: MemoryShop, confirmations: Confirmations
) -> None:
    talk = (await shop.open_chat(email=EMAIL)).conversation
    await shop.close(talk)
    token = await confirmations.ask(talk)
    shop.storage.now += timedelta(hours=23)
    late = await confirmations.ask(talk)
    assert await state_after(confirmations, token) is LinkState.CONFIRMED
    assert shop.now(talk).open_keys == ()
    other = (await shop.open_chat(email=EMAIL)).conversation
    await shop.close(other)
    shop.storage.now += timedelta(hours=23)
    late = await confirmations.ask(other)
    shop.storage.now += timedelta(hours=1)
    assert await state_after(confirmations, late) is LinkState.REFUSED
    with pytest.raises(Forbidden):
        await confirmations.ask(other)


async def test_what_is_refused(shop: MemoryShop, confirmations: Confirmations) -> None:
    nameless = (await shop.open_chat(name="Vic")).conversation
    with pytest.raises(Invalid):
        await confirmations.ask(nameless)
    proved = await shop.start(visitor=VIC)
    with pytest.raises(Conflict):
        await confirmations.ask(proved)
    by_phone = await shop.start(visitor=Visitor(phone="+393330000000"), channel=Channel.SMS)
    await shop.identify(by_phone, email=EMAIL)
    with pytest.raises(Conflict):
        await confirmations.ask(by_phone)
    carried = await shop.start(visitor=Visitor(name="A carrier's guest"))
    await shop.identify(carried, email=EMAIL)
    with pytest.raises(Conflict):
        await confirmations.ask(carried)
    talk = (await shop.open_chat(email=EMAIL)).conversation
    command = SendEmailConfirmation(conversation_id=talk.id)
    for principal in (shop.owner, shop.assistant, shop.widget, shop.partner):
        with pytest.raises(Forbidden):
            await confirmations.service.send(principal, command)
    with pytest.raises(NotFound):
        await confirmations.service.send(shop.shopper(nameless), command)
    assert shop.storage.all(EmailConfirmation) == shop.storage.all(ConfirmationMails) == []


async def test_without_a_mail_server_it_is_refused() -> None:
    shop = MemoryShop()
    talk = (await shop.open_chat(email=EMAIL)).conversation
    with pytest.raises(EmailNotConnected):
        await Confirmations(shop).ask(talk)
    assert shop.storage.all(Outgoing) == []


async def test_a_key_repeats_no_mail(shop: MemoryShop, confirmations: Confirmations) -> None:
    talk = (await shop.open_chat(email=EMAIL)).conversation
    assert await confirmations.ask(talk, "once") == await confirmations.ask(talk, "once")
    assert len(shop.storage.all(Outgoing)) == 1


async def test_a_conversation_gets_three_mails_an_hour(shop: MemoryShop, confirmations: Confirmations) -> None:
    talk = (await shop.open_chat(email=EMAIL)).conversation
    first = shop.storage.now
    for number in range(CONVERSATION_MAILS):
        await shop.identify(talk, email=f"vic{number}@x.example")
        await confirmations.ask(talk)
        shop.storage.now += timedelta(minutes=5)
    before = shop.storage.entities
    with pytest.raises(TooManyMails) as refused:
        await confirmations.ask(talk)
    assert refused.value.retry_at == first + timedelta(hours=1)
    assert shop.storage.entities == before
    shop.storage.now = first + timedelta(hours=1)
    await confirmations.ask(talk)
    with pytest.raises(TooManyMails):
        await confirmations.ask(talk)


async def test_an_address_gets_five_mails_a_day_from_all_conversations(
    shop: MemoryShop, confirmations: Confirmations
) -> None:
    first = shop.storage.now
    for spelling in ("vic@x.example", "VIC@x.example", "Vic@X.Example", "vic+1@x.example", "viC+a+b@x.example"):
        await confirmations.ask((await shop.open_chat(email=spelling)).conversation)
    talk = (await shop.open_chat(email=EMAIL)).conversation
    with pytest.raises(TooManyMails) as refused:
        await confirmations.ask(talk)
    assert refused.value.retry_at == first + timedelta(days=1)
    assert len(shop.storage.all(Outgoing)) == ADDRESS_MAILS
    await shop.identify(talk, email="other@x.example")
    await confirmations.ask(talk)


async def test_an_account_sends_so_many_an_hour(shop: MemoryShop) -> None:
    confirmations = Confirmations(shop)
    for number in range(ACCOUNT_MAILS):
        await confirmations.ask((await shop.open_chat(email=f"vic{number}@x.example")).conversation)
    talk = (await shop.open_chat(email=EMAIL)).conversation
    with pytest.raises(TooManyMails):
        await confirmations.ask(talk)
    shop.storage.now += timedelta(hours=1)
    await confirmations.ask(talk)


async def test_whether_the_address_is_known_makes_no_difference(shop: MemoryShop, confirmations: Confirmations) -> None:
    await shop.start(visitor=VIC)
    talks = [(await shop.open_chat(email=email)).conversation for email in (EMAIL, "nobody@x.example")]
    for talk in talks:
        await confirmations.ask(talk)
    rows = {
        talk.id: [row.kind for row in shop.storage.all(Outgoing) if row.conversation_id == talk.id] for talk in talks
    }
    assert list(rows.values()) == [[OutgoingKind.EMAIL_CONFIRMATION]] * 2


@pytest.mark.parametrize("channel", list(Channel))
async def test_a_deceived_owner_gives_her_other_conversations_to_nobody(
    shop: MemoryShop, confirmations: Confirmations, channel: Channel
) -> None:
    """Vic presses the button of Mallory's chat. What she writes from then on never lands in it, and what she wrote
    before stays where it is."""
    earlier = await shop.start("Card ends 4421", visitor=VIC, channel=channel)
    mallory = await shop.open_chat(email=EMAIL, channel=channel)
    await confirmations.press(await confirmations.ask(mallory.conversation))
    assert shop.now(mallory.conversation).visitor.proved == ("email",)
    assert not any("|e:" in key for key in shop.now(mallory.conversation).open_keys)
    assert shop.texts(mallory.conversation) == ["Hello"]
    again = await shop.open_chat(mallory.browser_token, channel=channel, text="And now?")
    assert again.conversation.id == mallory.conversation.id, "her browser has its own conversation alone"
    await shop.close(earlier)
    proved = Visitor(email=EMAIL)
    later = await shop.start("My new card", visitor=proved, channel=channel)
    assert later.id not in (earlier.id, mallory.conversation.id)
    assert "My new card" not in shop.texts(mallory.conversation)


async def test_a_deceived_owner_after_the_close_of_the_chat(shop: MemoryShop, confirmations: Confirmations) -> None:
    mallory = await shop.open_chat(email=EMAIL)
    await confirmations.press(await confirmations.ask(mallory.conversation))
    await shop.close(mallory.conversation)
    again = await shop.open_chat(mallory.browser_token, email=EMAIL)
    assert not again.conversation.visitor.proved, "the browser proves nothing by itself"
    assert not shop.profile(again.conversation).verified


async def test_it_does_not_sign_in(shop: MemoryShop, confirmations: Confirmations) -> None:
    shop.configure(method=HandoffMethod.HELPDESK, helpdesk=Helpdesk.INBOX, identity_policy=IdentityPolicy.SIGNED_IN)
    talk = (await shop.open_chat(email=EMAIL)).conversation
    await shop.request(talk)
    await shop.decide(talk, accept=True)
    await confirmations.press(await confirmations.ask(talk))
    handoff = shop.now(talk).handoff
    assert handoff is not None
    assert handoff.state is HandoffState.AWAITING_IDENTITY


async def test_links_that_do_not_exist(shop: MemoryShop, confirmations: Confirmations) -> None:
    talk = (await shop.open_chat(email=EMAIL)).conversation
    token = await confirmations.ask(talk)
    account = shop.storage.account.id
    forged = (
        *("", "x", "é", token[:-1], token[1:], token.swapcase(), token + "A", "A" * 5_000),
        ConfirmationTokens(b"another secret").token(account, "x"),
        confirmations.tokens.token(account, "no such confirmation"),
    )
    before = shop.storage.entities
    for text in forged:
        assert await confirmations.service.find(text) is None, text
        assert await confirmations.press(text) is None, text
    assert shop.storage.entities == before
