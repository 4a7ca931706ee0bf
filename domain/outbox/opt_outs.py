"""Opt-outs that outlive their shopper: an erasure leaves a keyed hash in place of the number, so that STOP goes on to
hold. Without the server's secret, nobody can find out whether a number is among them."""

from __future__ import annotations

from collections.abc import Iterable

from domain.erased import ErasureHashes
from domain.model.messaging import OptOut, opt_out_id
from domain.storage import Reader, Storage, UnitOfWork
from domain.values.channel import Channel
from domain.values.contacts import phone_forms, phone_key
from domain.values.ids import AccountId

_CHANNELS = (Channel.SMS, Channel.WHATSAPP)  # on which numbers opt out


def erased_opt_out_id(hashes: ErasureHashes, account_id: AccountId, channel: Channel, number: str) -> str:
    """Return the id of the opt-out of a number whose shopper was erased: one for all ways to write it."""
    return opt_out_id(account_id, channel, hashes.of(account_id, f"{channel}:{phone_key(number)}"))


async def is_opted_out(
    reader: Reader, account_id: AccountId, channel: Channel, number: str, hashes: ErasureHashes
) -> bool:
    """Return whether the number has opted out of messages on the channel, also if its shopper was erased since. Raises
    `Unavailable`."""
    places = [opt_out_id(account_id, channel, form) for form in phone_forms(number)]
    return bool(await reader.get_many(OptOut, [*places, erased_opt_out_id(hashes, account_id, channel, number)]))


async def keep_without_numbers(
    storage: Storage, account_id: AccountId, numbers: Iterable[str], hashes: ErasureHashes
) -> None:
    """Store the opt-outs of the numbers once more, by keyed hashes and without the words of the shopper. Raises
    `Unavailable`."""
    kept = {
        opt_out_id(account_id, channel, form): erased_opt_out_id(hashes, account_id, channel, number)
        for number in numbers
        for channel in _CHANNELS
        for form in phone_forms(number)
    }
    found = await storage.read(account_id).get_many(OptOut, list(kept)) if kept else {}

    async def save(uow: UnitOfWork) -> None:
        for place, opt_out in found.items():
            uow.save(OptOut(id=kept[place], at=opt_out.at, keyword=""))

    if found:
        await storage.write(account_id, save)
