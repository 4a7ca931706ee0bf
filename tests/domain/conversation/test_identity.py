"""What a proof and what a claim may do (docs/product-rules.md, section 7), as rules of the domain in memory.

Vic is a shopper whom the shop knows; Mallory is a stranger with the publishable key.
"""

from __future__ import annotations

import pytest

from domain.conversation.commands import EndVisitorAccess, StartConversation
from domain.conversation.visitor_access import VisitorAccessService
from domain.model.conversation import Conversation, Visitor
from domain.model.credentials import LEAST_SECRET, browser_id_of
from domain.values.channel import Channel
from domain.values.errors import Conflict, Invalid
from domain.values.record import replace
from tests.harness.memory_shop import MemoryShop

EMAIL, PHONE = "vic@x.example", "+393331234567"
VIC = Visitor(external_id="vic", name="Vic", email=EMAIL, phone=PHONE)


@pytest.fixture
def shop() -> MemoryShop:
    return MemoryShop(reactions={})


CLAIMS: list[dict[str, str]] = [
    {"external_id": "vic"},
    {"email": EMAIL},
    {"phone": PHONE},
    {"external_id": "vic", "email": EMAIL, "phone": PHONE},
]


@pytest.mark.parametrize("claims", CLAIMS)
@pytest.mark.parametrize("channel", list(Channel))
async def test_a_claim_opens_nothing_and_changes_no_profile(
    shop: MemoryShop, claims: dict[str, str], channel: Channel
) -> None:
    vics = await shop.start("Card ends 4421", visitor=VIC, channel=channel)
    before = shop.profile(vics)
    mallory = await shop.open_chat(channel=channel, name="Mallory", **claims)
    assert mallory.conversation.id != vics.id
    assert mallory.conversation.profile_id != before.id
    assert shop.profile(vics) == before
    await shop.identify(mallory.conversation, name="You have won", email=EMAIL, phone=PHONE, external_id="vic")
    assert shop.profile(vics) == before
    assert shop.now(mallory.conversation).visitor.proved == ()
    assert not shop.profile(mallory.conversation).verified
    assert not any(key.partition("|")[2].startswith(("x:", "e:", "p:")) for key in mallory.conversation.open_keys)
    assert (await shop.start("Again", visitor=VIC, channel=channel)).id == vics.id


async def test_claims_join_no_claims(shop: MemoryShop) -> None:
    one, two = await shop.open_chat(email=EMAIL, name="One"), await shop.open_chat(email=EMAIL, name="Two")
    assert one.conversation.profile_id != two.conversation.profile_id
    assert [shop.profile(each.conversation).name for each in (one, two)] == ["One", "Two"]


async def test_claims_are_the_contact_of_their_conversation(shop: MemoryShop) -> None:
    talk = (await shop.open_chat(name="Ann", email="ann@x.example")).conversation
    assert (talk.display_name, talk.visitor.email) == ("Ann", "ann@x.example")
    assert shop.profile(talk).display_name == "Ann"
    await shop.identify(talk, name="Ann Smith", phone=PHONE)
    assert (shop.now(talk).display_name, shop.profile(talk).phone) == ("Ann Smith", PHONE)


async def test_a_browser_comes_back_by_its_token(shop: MemoryShop) -> None:
    first = await shop.open_chat()
    assert first.browser_token is not None
    again = await shop.open_chat(first.browser_token)
    assert (again.conversation.id, again.browser_token) == (first.conversation.id, first.browser_token)
    as_anonymous_id = await shop.open_chat(anonymous_id=first.browser_token)
    assert as_anonymous_id.conversation.id == first.conversation.id
    await shop.close(first.conversation)
    later = await shop.open_chat(first.browser_token)
    assert later.conversation.id != first.conversation.id
    assert later.conversation.profile_id == first.conversation.profile_id


async def test_a_browser_comes_back_by_its_own_secret(shop: MemoryShop) -> None:
    secret = "x" * LEAST_SECRET
    first = await shop.open_chat(anonymous_id=secret)
    assert (await shop.open_chat(anonymous_id=secret)).conversation.id == first.conversation.id
    assert (await shop.open_chat(first.browser_token)).conversation.id == first.conversation.id
    assert secret not in repr(shop.storage.entities)
    assert str(first.browser_token) not in repr(shop.storage.entities)


async def test_a_short_anonymous_id_opens_nothing(shop: MemoryShop) -> None:
    label = "x" * (LEAST_SECRET - 1)
    one, two = await shop.open_chat(anonymous_id=label), await shop.open_chat(anonymous_id=label)
    assert one.conversation.id != two.conversation.id
    assert one.conversation.profile_id != two.conversation.profile_id
    assert one.browser_token != two.browser_token
    assert (await shop.start(visitor=Visitor(anonymous_id=label))).id not in (one.conversation.id, two.conversation.id)


@pytest.mark.parametrize("change", ["bbt_", "bbt_" + "0" * 26, "truncated", "other account"])
async def test_a_browser_token_that_was_not_made_here_is_refused(shop: MemoryShop, change: str) -> None:
    token = (await shop.open_chat()).browser_token
    assert token is not None
    wrong = {"truncated": token[:-1], "other account": (await MemoryShop(reactions={}).open_chat()).browser_token}
    for given in ({"browser_token": wrong.get(change, change)}, {"anonymous_id": wrong.get(change, change)}):
        with pytest.raises(Invalid) as refused:
            await shop.open_chat(**given)  # type: ignore[arg-type]
        assert refused.value.field == ("visitor", *given)
        assert "startConversation" in refused.value.message


@pytest.mark.parametrize("before", ["", " ", "\u00a0", "\u2003 "])
@pytest.mark.parametrize("prefix", ["bbt_", "BBT_", "Bbt_"])
async def test_the_id_of_a_browser_opens_nothing(shop: MemoryShop, before: str, prefix: str) -> None:
    victim = await shop.open_chat()
    forged = f"{before}{prefix}{victim.conversation.visitor.browser_id}{'A' * 43}"
    for given in ({"browser_token": forged}, {"anonymous_id": forged}):
        with pytest.raises(Invalid):
            await shop.open_chat(**given)  # type: ignore[arg-type]
    assert browser_id_of(forged) is None
    again = await shop.open_chat(anonymous_id=f"{before}{victim.browser_token}")
    assert again.conversation.id == victim.conversation.id
    assert str(victim.browser_token) not in repr(shop.storage.entities)


async def test_a_repeated_start_returns_nothing_after_its_token_ended(shop: MemoryShop) -> None:
    key = "k" * LEAST_SECRET
    first = await shop.open_chat(key=key)
    access = VisitorAccessService(storage=shop.storage)
    await access.end(shop.owner, EndVisitorAccess(conversation_id=first.conversation.id))
    with pytest.raises(Conflict, match="Start again with a new key") as refused:
        await shop.open_chat(key=key)
    assert refused.value.field == ("idempotency_key",)
    assert (await shop.open_chat(key=key + "2")).conversation.id != first.conversation.id


async def test_a_secret_key_returns_no_browser_token(shop: MemoryShop) -> None:
    command = StartConversation(channel=Channel.WEB_CHAT, text="Hello", visitor=VIC)
    assert (await shop.conversations.start(shop.owner, command)).browser_token is None


async def test_a_token_is_a_proof_and_wins_over_claims(shop: MemoryShop) -> None:
    vics = await shop.start(visitor=VIC)
    token = shop.identities.token("vic", email=EMAIL)
    given = await shop.open_chat(identity_token=token, external_id="else", email="m@evil.example", name="You have won")
    assert given.conversation.id == vics.id
    visitor = given.conversation.visitor
    assert (visitor.external_id, visitor.email, visitor.name) == ("vic", EMAIL, "Vic")
    assert (shop.profile(vics).name, shop.profile(vics).email) == ("Vic", EMAIL)


async def test_claims_beside_a_token_stay_claims(shop: MemoryShop) -> None:
    vics = await shop.start(visitor=VIC)
    before = shop.profile(vics)
    mallory = await shop.open_chat(identity_token=shop.identities.token("mallory"), email=EMAIL, phone=PHONE)
    assert mallory.conversation.visitor.proved == ("external_id",)
    assert mallory.conversation.id != vics.id
    assert shop.profile(mallory.conversation).keys == ("x:mallory",)
    assert (shop.profile(mallory.conversation).email, shop.profile(vics)) == (None, before)


async def test_a_later_proof_merges_the_browsers_profile_and_releases_the_browser(shop: MemoryShop) -> None:
    known = shop.profile(await shop.start(visitor=VIC, channel=Channel.SMS))
    chat = await shop.open_chat(name="Somebody", email="typo@x.example")
    unverified = chat.conversation.profile_id
    await shop.identify(chat.conversation, identity_token=shop.identities.token("vic"))
    assert shop.now(chat.conversation).profile_id == known.id
    merged = shop.profile(chat.conversation)
    assert replace(merged, merges=()) == replace(known, merged_ids=(unverified,))
    assert [merge.profile_id for merge in merged.merges] == [unverified]
    assert (await shop.open_chat(chat.browser_token)).conversation.id == chat.conversation.id
    await shop.close(chat.conversation)
    later = await shop.open_chat(chat.browser_token)
    assert not shop.profile(later.conversation).verified
    assert later.conversation.profile_id not in (known.id, unverified)


async def test_the_proof_of_another_shopper_starts_anew_on_the_same_browser(shop: MemoryShop) -> None:
    a, b = shop.identities.token("a"), shop.identities.token("b")
    first = await shop.open_chat(identity_token=a, text="My card is 4421")
    other = await shop.open_chat(first.browser_token, identity_token=b)
    assert other.conversation.id != first.conversation.id
    assert other.conversation.profile_id != first.conversation.profile_id
    assert (await shop.open_chat(first.browser_token)).conversation.id == other.conversation.id
    assert (await shop.open_chat(first.browser_token, identity_token=a)).conversation.id == first.conversation.id
    with pytest.raises(Conflict):
        await shop.identify(first.conversation, identity_token=b)


async def test_a_conversation_proved_by_another_identity_alone_is_not_joined(shop: MemoryShop) -> None:
    """Mallory's own proof takes over neither Vic's conversation on a shared browser nor the profile of Vic's number."""
    secret = "the secret of a shared browser"
    vics = await shop.start(visitor=Visitor(anonymous_id=secret, phone=PHONE))
    mallory = await shop.open_chat(anonymous_id=secret, identity_token=shop.identities.token("mallory"))
    assert mallory.conversation.id != vics.id
    assert shop.profile(vics).keys == (f"p:{PHONE}",)
    with pytest.raises(Conflict):
        await shop.identify(vics, identity_token=shop.identities.token("mallory"))


async def test_a_wrong_token_is_refused_and_never_a_claim(shop: MemoryShop) -> None:
    with pytest.raises(Invalid) as refused:
        await shop.open_chat(identity_token="forged", external_id="vic")
    assert refused.value.field == ("visitor", "identity_token")
    assert shop.storage.all(Conversation) == []
    chat = await shop.open_chat()
    with pytest.raises(Invalid) as refused:
        await shop.identify(chat.conversation, identity_token="forged")
    assert refused.value.field == ("identity_token",)


async def test_an_idempotency_key_belongs_to_one_browser(shop: MemoryShop) -> None:
    mine, theirs = "the secret of my browser", "the secret of your browser"
    first = await shop.open_chat(anonymous_id=mine, key="k")
    assert await shop.open_chat(anonymous_id=mine, key="k") == first
    other = await shop.open_chat(anonymous_id=theirs, key="k")
    assert other.conversation.id != first.conversation.id
    assert other.visitor_token != first.visitor_token


async def test_a_first_start_is_repeated_under_a_key_that_is_a_secret(shop: MemoryShop) -> None:
    key = "k" * LEAST_SECRET
    assert await shop.open_chat(key=key) == await shop.open_chat(key=key)
    with pytest.raises(Conflict):
        await shop.open_chat(key=key, text="Something else")
    short = [await shop.open_chat(key=key[1:]) for _ in range(2)]
    assert short[0].conversation.id != short[1].conversation.id


async def test_a_start_is_repeated_with_a_newer_identity_token(shop: MemoryShop) -> None:
    secret, key = "the secret of my browser", "k"
    first = await shop.open_chat(anonymous_id=secret, key=key, identity_token=shop.identities.token("vic"))
    shop.identities.proved["newer"] = next(iter(shop.identities.proved.values()))
    assert await shop.open_chat(anonymous_id=secret, key=key, identity_token="newer") == first
    with pytest.raises(Conflict):
        await shop.open_chat(anonymous_id=secret, key=key, identity_token=shop.identities.token("mallory"))


async def test_whoever_types_a_number_gets_none_of_its_texts(shop: MemoryShop) -> None:
    claimed = await shop.open_chat(channel=Channel.SMS, phone=PHONE)
    real = await shop.start(channel=Channel.SMS, visitor=Visitor(phone=PHONE))
    assert real.id != claimed.conversation.id
    assert real.profile_id != claimed.conversation.profile_id


def test_the_id_of_a_browser_is_no_secret() -> None:
    assert browser_id_of("x" * (LEAST_SECRET - 1)) is None
    found = browser_id_of("x" * LEAST_SECRET)
    assert found is not None
    assert (len(found), found.isalnum()) == (26, True)
