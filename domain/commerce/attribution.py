"""Last-touch attribution: pure functions that choose the touch which an order is credited to (docs/product-rules.md,
section 3).

- A touch and an order belong to one shopper if they have a key in common (profile id, e-mail, phone, browser, the
  conversation that the cart came from), or if the profile that owns the order's identities is the touch's.
- An identity that was only claimed in the conversation finds an order too, but never takes it from a touch that is the
  buyer's own: such a touch is credited, whichever was the last.
- An order can be credited to a touch that precedes it, within the window that the order's terms give to the kind and
  channel of the touch, both ends included.
- The last such touch is credited. If two have the same time, the touch in the younger conversation is, and within one
  conversation the kind that stands first in `TouchKind`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from domain.model.account import Account, AttributionTouch, TouchKind
from domain.model.commerce import AttributedSale, Credit, Order, Purchase, PurchaseState, Span, Touch, sale_id
from domain.model.conversation import Conversation, Visitor
from domain.model.profile import Profile, browser_key, identity_keys, proved_keys
from domain.values.ids import ConversationId, ProfileId
from domain.values.record import Record, replace

_PROFILE = "profile:"
_CLAIMED = "claimed:"
_RANKS = {kind: rank for rank, kind in enumerate(reversed(TouchKind))}
_STATES = {state: rank for rank, state in enumerate(PurchaseState)}


def terms_of(account: Account) -> tuple[AttributionTouch, ...]:
    """Return the attribution settings that apply to an order that comes in now. They are stored with the order."""
    return tuple(term for term in account.attribution if term.enabled)


def conversation_key(conversation_id: ConversationId) -> str:
    """The key of touches in a conversation."""
    return f"conversation:{conversation_id}"


def profile_keys(profiles: Iterable[Profile]) -> tuple[str, ...]:
    """Return the keys of touches of these profiles, including the profiles merged into them."""
    return tuple(profile_key(each) for profile in profiles for each in (profile.id, *profile.merged_ids))


def profile_key(profile_id: ProfileId) -> str:
    """Return the key of touches of a profile, or of one that was merged into another."""
    return f"{_PROFILE}{profile_id}"


def keys_of(conversation: Conversation, known: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Return the keys of the shopper of a touch in this conversation, added to the known ones: none is removed. Those
    of identities that are only claimed are marked, and that of a browser's label, which others may have as well."""
    visitor = conversation.visitor
    proved, own = proved_keys(visitor), browser_key(visitor)
    keys = (
        *known,
        *proved,
        *([own] if own else ()),
        f"{_PROFILE}{conversation.profile_id}",
        conversation_key(conversation.id),
        *claimed_keys(key for key in (*identity_keys(visitor), *_label_keys(visitor)) if key not in proved),
    )
    return tuple(dict.fromkeys(keys))


def claimed_keys(keys: Iterable[str]) -> tuple[str, ...]:
    """Return the keys of touches in conversations where these identities are claimed."""
    return tuple(f"{_CLAIMED}{key}" for key in keys)


def plain_keys(touch: Touch) -> tuple[str, ...]:
    """Return the keys of orders that the touch may be credited with, by what is proved or claimed."""
    return tuple(key.removeprefix(_CLAIMED) for key in touch.keys)


def named_profiles(keys: Iterable[str]) -> list[ProfileId]:
    """Return the profiles that the keys name."""
    return [ProfileId(key.removeprefix(_PROFILE)) for key in keys if key.startswith(_PROFILE)]


def buyer_keys(visitor: Visitor, came_from: Conversation | None = None) -> tuple[str, ...]:
    """Return the keys of a buyer, and of the conversation that the cart came from, if the shop reports one."""
    hint = () if came_from is None else (f"{_PROFILE}{came_from.profile_id}", conversation_key(came_from.id))
    own = browser_key(visitor)
    return (*identity_keys(visitor), *([own] if own else ()), *_label_keys(visitor), *hint)


def _label_keys(visitor: Visitor) -> tuple[str, ...]:
    return (f"a:{visitor.anonymous_id}",) if visitor.anonymous_id else ()


class BuyerTouches(Record):
    """The touches that an order may be credited to."""

    own: tuple[Touch, ...] = ()  # in conversations that are the buyer's by a proof, the browser, or the cart
    claimed: tuple[Touch, ...] = ()  # in others, whose shopper says to be the buyer


def touches_of_buyer(order: Order, touches: Sequence[Touch], profile: Profile) -> BuyerTouches:
    """Return the touches of the order's buyer, matched by the identities of the order and of the buyer's profile."""
    bought = frozenset(order.purchase.keys if order.purchase else ())
    profiles = frozenset(profile_keys([profile]))
    bought_here = not bought.isdisjoint(profile.keys) or not bought.isdisjoint(profiles)
    own_keys = bought | profiles if bought_here else bought
    said = frozenset(claimed_keys(bought))
    own = tuple(touch for touch in touches if not own_keys.isdisjoint(touch.keys))
    claimed = tuple(touch for touch in touches if own_keys.isdisjoint(touch.keys) and not said.isdisjoint(touch.keys))
    return BuyerTouches(own=own, claimed=claimed)


def spans_of(order: Order) -> tuple[Span, ...]:
    """Return the spans in which a touch can be credited with the order."""
    purchase = order.purchase
    if purchase is None or purchase.state is not PurchaseState.PAID:
        return ()
    return tuple(
        Span(channel=t.channel, kind=t.touch, since=purchase.placed_at - t.window, until=purchase.placed_at)
        for t in order.terms
    )


def credit_by(order: Order, touch: Touch) -> Credit | None:
    """Return the credit of the order to the touch; `None` if the touch is in no span."""
    for span, term in zip(spans_of(order), order.terms, strict=False):
        if span.has(touch):
            return Credit(
                conversation_id=touch.conversation_id,
                touch=touch.kind,
                touched_at=touch.touched_at,
                window=term.window,
            )
    return None


def find_credit(order: Order, touches: BuyerTouches) -> Credit | None:
    """Return the credit to the last of the buyer's own touches, else to the last claimed one; `None` if none can be
    credited."""
    own = [credit for touch in touches.own if (credit := credit_by(order, touch)) is not None]
    claimed = [credit for touch in touches.claimed if (credit := credit_by(order, touch)) is not None]
    return max([*own, *(replace(credit, by_claim=True) for credit in claimed)], key=_rank, default=None)


def kept_credit(order: Order) -> Credit | None:
    """Return the credit of an order whose buyer was erased: unchanged while the order is paid."""
    return order.credit if spans_of(order) else None


def later_credit(one: Credit | None, other: Credit | None) -> Credit | None:
    """Return the credit that counts of two for an order."""
    return max((credit for credit in (one, other) if credit is not None), key=_rank, default=None)


def _rank(credit: Credit) -> tuple[bool, datetime, str, int]:
    return not credit.by_claim, credit.touched_at, credit.conversation_id, _RANKS.get(credit.touch, -1)


def sale_of(order: Order) -> AttributedSale | None:
    """Return the sale for the credited conversation; `None` without a purchase or a credit."""
    purchase, credit = order.purchase, order.credit
    if purchase is None or credit is None:
        return None
    return AttributedSale(
        id=sale_id(credit.conversation_id, order.id),
        order_id=order.order_id,
        amount=order.net(purchase.total),
        placed_at=purchase.placed_at,
        touch=credit.touch,
        touched_at=credit.touched_at,
        window=credit.window,
    )


def supersedes(new: Purchase, old: Purchase | None) -> bool:
    """Whether a report of an order replaces another. The later report does, in whichever order they arrive. Of two
    reports for one instant the further state counts; a tie is broken by content, always in the same way."""
    return old is None or _place(new) > _place(old)


def stated_at(purchase: Purchase) -> datetime:
    """The instant that a report of an order describes."""
    return purchase.updated_at or purchase.placed_at


def _place(purchase: Purchase) -> tuple[datetime, int, tuple[object, ...]]:
    bought = purchase.total.amount, purchase.total.currency, purchase.placed_at, purchase.source.value
    return stated_at(purchase), _STATES[purchase.state], (*bought, purchase.keys, purchase.product_ids)
