"""Which touch earns an order: pure functions of what is known (docs/product-rules.md, section 3).

- A touch and an order are of one shopper where they have a key in common: profile id, e-mail, phone, anonymous id, the
  conversation that the cart came from, or that the profile which owns the order's identities is that of the touch.
- A touch can earn an order that was placed no earlier than it, and within the window that the order's terms give to its
  kind on its channel; both ends included.
- The last such touch earns it. Of two in one instant, that of the younger conversation does, and there the kind that
  stands first in `TouchKind`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from domain.model.account import Account, AttributionTouch, TouchKind
from domain.model.commerce import AttributedSale, Credit, Order, Purchase, PurchaseState, Span, Touch, sale_id
from domain.model.conversation import Conversation, Visitor
from domain.model.profile import Profile, identity_keys
from domain.values.ids import ConversationId, ProfileId

_PROFILE = "profile:"
_RANKS = {kind: rank for rank, kind in enumerate(reversed(TouchKind))}
_STATES = {state: rank for rank, state in enumerate(PurchaseState)}


def terms_of(account: Account) -> tuple[AttributionTouch, ...]:
    """What can earn an order that comes in now. It stays with the order, whatever becomes of the settings."""
    return tuple(term for term in account.attribution if term.enabled)


def conversation_key(conversation_id: ConversationId) -> str:
    return f"conversation:{conversation_id}"


def profile_keys(profiles: Iterable[Profile]) -> tuple[str, ...]:
    """What touches of these shoppers are found by, also those from before profiles were merged into one."""
    return tuple(f"{_PROFILE}{i}" for profile in profiles for i in (profile.id, *profile.merged_ids))


def keys_of(conversation: Conversation, known: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Whose a touch in this conversation is. Who said so once said it: keys are added, and none is taken away."""
    keys = (
        *known,
        *identity_keys(conversation.visitor),
        f"{_PROFILE}{conversation.profile_id}",
        conversation_key(conversation.id),
    )
    return tuple(dict.fromkeys(keys))


def named_profiles(keys: Iterable[str]) -> list[ProfileId]:
    return [ProfileId(key.removeprefix(_PROFILE)) for key in keys if key.startswith(_PROFILE)]


def buyer_keys(visitor: Visitor, came_from: Conversation | None = None) -> tuple[str, ...]:
    """Who bought; and whose conversation the cart came from, where the shop says so."""
    hint = () if came_from is None else (f"{_PROFILE}{came_from.profile_id}", conversation_key(came_from.id))
    return (*identity_keys(visitor), *hint)


def touches_of_buyer(order: Order, touches: Iterable[Touch], profile: Profile) -> list[Touch]:
    """Those of the touches that are of the shopper who bought, with all that its profile knows of it."""
    bought = frozenset(order.purchase.keys if order.purchase else ())
    profiles = frozenset(profile_keys([profile]))
    bought_here = not bought.isdisjoint(profile.keys) or not bought.isdisjoint(profiles)
    return [
        touch
        for touch in touches
        if not bought.isdisjoint(touch.keys) or (bought_here and not profiles.isdisjoint(touch.keys))
    ]


def spans_of(order: Order) -> tuple[Span, ...]:
    """When a touch must have been to earn it."""
    purchase = order.purchase
    if purchase is None or purchase.state is not PurchaseState.PAID:
        return ()
    return tuple(
        Span(channel=t.channel, kind=t.touch, since=purchase.placed_at - t.window, until=purchase.placed_at)
        for t in order.terms
    )


def credit_by(order: Order, touch: Touch) -> Credit | None:
    """The credit that the touch would earn; None where it cannot."""
    for span, term in zip(spans_of(order), order.terms, strict=False):
        if span.has(touch):
            return Credit(
                conversation_id=touch.conversation_id,
                touch=touch.kind,
                touched_at=touch.touched_at,
                window=term.window,
            )
    return None


def find_credit(order: Order, touches: Iterable[Touch]) -> Credit | None:
    """The credit that the last of the shopper's touches earns."""
    credits = [credit for touch in touches if (credit := credit_by(order, touch)) is not None]
    return max(credits, key=_rank, default=None)


def kept_credit(order: Order) -> Credit | None:
    """The credit of an order whose buyer is not known any more: as it was, as long as the order is one."""
    return order.credit if spans_of(order) else None


def later_credit(one: Credit | None, other: Credit | None) -> Credit | None:
    """Of two credits for an order, the one that counts."""
    return max((credit for credit in (one, other) if credit is not None), key=_rank, default=None)


def _rank(credit: Credit) -> tuple[datetime, str, int]:
    return credit.touched_at, credit.conversation_id, _RANKS[credit.touch]


def sale_of(order: Order) -> AttributedSale | None:
    """The row that explains what the credited conversation earned."""
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
    """Whether a word about an order counts in place of another: the later one does, whichever comes in first. Said in
    one instant, the one that is further on; and where that says nothing, any, but always the same one."""
    return old is None or _place(new) > _place(old)


def stated_at(purchase: Purchase) -> datetime:
    return purchase.updated_at or purchase.placed_at


def _place(purchase: Purchase) -> tuple[datetime, int, tuple[object, ...]]:
    bought = purchase.total.amount, purchase.total.currency, purchase.placed_at, purchase.source.value
    return stated_at(purchase), _STATES[purchase.state], (*bought, purchase.keys, purchase.product_ids)
