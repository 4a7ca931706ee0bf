"""Repeats the search for erased shoppers, and erases again what a restored backup brought back.

A backup from before an erasure has the shopper, and not the erasure. So the list of erasures is kept in a file as well,
outside of the database: it has keyed hashes, and names nobody. `doctor --erased --list FILE` brings the two together.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from datetime import datetime, timedelta
from functools import lru_cache, partial
from itertools import chain

from domain.doctor import Check, Finding, Progress, Severity
from domain.erased import ErasureHashes
from domain.erasure.model import Erasure, ErasureStage
from domain.erasure.ports import ErasureList
from domain.erasure.service import ErasureService, step_timer_id
from domain.model.audit import AuditActor
from domain.principal import Actor
from domain.storage import Storage, Timer, UnitOfWork
from domain.values.clock import Clock
from domain.values.contacts import email_key, phone_key
from domain.values.ids import AccountId, ProfileId
from domain.values.record import Record

_PAGE = 500
_MAX_FINDINGS = 20  # per account: more of them say nothing new
_LATE = timedelta(minutes=1)  # after which a step that is due is overdue: workers look every second
_WORDS = "vocabulary"  # the collection of words, which name no conversation; it comes after the rows that have them
_LONG_NUMBER = 9  # digits of a phone number: a shorter one is something else by chance
_KNOWN_TEXTS = 200_000  # hashes that are remembered during a search: words repeat


class ListedErasure(Record):
    """A line of the list of erasures."""

    account_id: AccountId
    id: str
    profile_id: ProfileId
    requested_at: datetime
    by: AuditActor
    profile_hashes: tuple[str, ...]
    identifier_hashes: tuple[str, ...]
    finished_at: datetime | None
    key_hashes: tuple[str, ...] = ()


class ErasureCheck:
    def __init__(
        self, *, storage: Storage, erasures: ErasureService, records: ErasureList, hashes: ErasureHashes, clock: Clock
    ) -> None:
        self._storage = storage
        self._clock = clock
        self._erasures = erasures
        self._records = records
        self._hashes = hashes

    async def examine(self, progress: Progress) -> AsyncIterator[Finding]:
        """Search every record of every account for erased shoppers. Yields findings. Raises `Unavailable`."""
        for account_id, erasures in (await self._by_account()).items():
            where = f"account {account_id}"
            progress(f"{where}: erased shoppers")
            for unfinished in (each for each in erasures if not each.is_done):
                problem = await self._standstill(account_id, unfinished.id)
                if problem is not None:
                    yield _finding(Severity.WARNING, f"{where}, erasure {unfinished.id}", *problem)
            async for profile_id in self._restored(account_id, erasures):
                yield _finding(
                    Severity.ERROR,
                    f"{where}, profile {profile_id}",
                    "it was erased, and is there again",
                    "A backup was restored. `baton doctor --erased --repair` erases it again.",
                )
            async for finding in self._mentions(account_id, where, erasures):
                yield finding

    async def under_way(self) -> int:
        """Return the number of erasures that are not done. Raises `Unavailable`."""
        return sum([not erasure.is_done async for _, erasure in self._all()])

    async def _standstill(self, account_id: AccountId, erasure_id: str) -> tuple[str, str] | None:
        """Return why an erasure does not go on, and what to do; `None` if it does, or waits for its next step."""
        reader = self._storage.read(account_id)
        timer = await reader.get(Timer, step_timer_id(erasure_id))
        if timer is not None:
            late = self._clock.now() - timer.due_at
            if late < _LATE:
                return None
            minutes = int(late / timedelta(minutes=1))
            problem = f"no worker has taken its next step, which is due since {minutes:,} min"
            return problem, "Run a worker: `baton worker`, or `baton serve`."
        present = await reader.get(Erasure, erasure_id)
        if present is None or present.is_done:
            return None  # it has ended meanwhile
        return "it has no timer, and no worker continues it", "`baton doctor --erased --repair` continues it."

    async def repair(self, *, by: Actor) -> int:
        """Begin the erasure of every erased profile that is there again, and continue erasures that have lost their
        timer. Returns the number of profiles. Raises `Unavailable`."""
        count = 0
        for account_id, erasures in (await self._by_account()).items():
            for unfinished in (each for each in erasures if not each.is_done):
                await self._erasures.resume(account_id, unfinished.id)
            restored = [profile_id async for profile_id in self._restored(account_id, erasures)]
            for profile_id in restored:
                await self._erasures.erase_again(account_id, profile_id, by=by)
            count += len(restored)
        return count

    async def unfinished(self) -> list[Finding]:
        """Return a warning for each erasure that is under way. Raises `Unavailable`."""
        return [_unfinished(account_id, each) async for account_id, each in self._all() if not each.is_done]

    async def listed(self) -> list[ListedErasure]:
        """Return the list of erasures, the oldest first. Raises `Unavailable`."""
        return [_line(account_id, each) async for account_id, each in self._all()]

    async def add(self, lines: Iterable[ListedErasure]) -> int:
        """Add erasures that the database does not have. Returns their number. Raises `Unavailable`."""
        count = 0
        for line in lines:
            count += await self._storage.write(line.account_id, partial(_added, line))
        return count

    async def _all(self) -> AsyncIterator[tuple[AccountId, Erasure]]:
        after = ""
        while page := await self._records.listed(after=after, limit=_PAGE):
            for found in page:
                yield found
            after = page[-1][1].id

    async def _by_account(self) -> dict[AccountId, list[Erasure]]:
        found: dict[AccountId, list[Erasure]] = {}
        async for account_id, erasure in self._all():
            found.setdefault(account_id, []).append(erasure)
        return found

    async def _restored(self, account_id: AccountId, erasures: Iterable[Erasure]) -> AsyncIterator[ProfileId]:
        """Yield the profiles that an erasure which is done names, and that are not erased."""
        erased = {each for erasure in erasures if erasure.is_done for each in erasure.profile_hashes}
        running = {each.id for each in erasures if not each.is_done}
        after = ""
        while page := await self._records.profiles(account_id, after=after, limit=_PAGE):
            after = page[-1].id
            for profile in page:
                is_whole = profile.erased_at is None and profile.erasure_id not in running
                if is_whole and self._hashes.of(account_id, profile.id) in erased:
                    yield profile.id

    async def _mentions(self, account_id: AccountId, where: str, erasures: Iterable[Erasure]) -> AsyncIterator[Finding]:
        """Yield records with a text that was an identifier of an erased shopper. Those of shoppers who have come back
        since are left out, and those of conversations under a legal hold, which the erasure names."""
        erased = {each for erasure in erasures if erasure.is_done for each in erasure.identifier_hashes}
        hashed = lru_cache(_KNOWN_TEXTS)(lambda text: self._hashes.of(account_id, text))
        back = {hashed(text) async for text in self._identifiers(account_id)}
        erased -= back
        count = 0
        held = {each for erasure in erasures for each in erasure.held}
        waiting = set[str]()  # hashes of what conversations under a legal hold have, and so the vocabulary as well
        if erased:
            async for record in self._records.texts(account_id):
                known = [own for text in record.texts if back.isdisjoint(own := frozenset(map(hashed, _forms(text))))]
                found = erased.intersection(chain.from_iterable(known))
                if found and not held.isdisjoint(record.texts):
                    waiting |= found
                elif found - (waiting if record.place == _WORDS else set()):
                    count += 1
                    problem = "it has an identifier of an erased shopper"
                    yield _finding(Severity.WARNING, f"{where}, {record.place} {record.id}", problem, _ADVICE)
                if count == _MAX_FINDINGS:
                    return

    async def _identifiers(self, account_id: AccountId) -> AsyncIterator[str]:
        """Yield the identifiers of the shoppers who are there."""
        after = ""
        while page := await self._records.profiles(account_id, after=after, limit=_PAGE):
            after = page[-1].id
            for profile in page:
                for key in (*profile.keys, *profile.claims):
                    yield key[2:]


_ADVICE = (
    "Look at it: somebody else may have written it. If it is to go, `redactMessage` of the message clears also the "
    "conversation, events and words of the search. Change any other record by hand."
)


def _forms(text: str) -> set[str]:
    """Return the forms of a text in which the list of erasures may have it: as it is, as an e-mail address and as a
    phone number are compared, and with the plus that carriers and the search index leave out."""
    forms = {text, text.lower()}
    if "@" in text:
        forms.add(email_key(text))
    number = f"+{text}" if text.isascii() and text.isdigit() and len(text) >= _LONG_NUMBER else text
    if number.startswith("+"):
        forms |= {number, phone_key(number)}
    return forms


def _unfinished(account_id: AccountId, erasure: Erasure) -> Finding:
    where, problem = f"account {account_id}, erasure {erasure.id}", f"it is in the stage {erasure.stage}"
    return _finding(Severity.WARNING, where, problem, "Run a worker: `baton worker`, or `baton serve`.")


def _line(account_id: AccountId, erasure: Erasure) -> ListedErasure:
    return ListedErasure(
        account_id=account_id,
        id=erasure.id,
        profile_id=erasure.profile_id,
        requested_at=erasure.requested_at,
        by=erasure.by,
        profile_hashes=erasure.profile_hashes,
        identifier_hashes=erasure.identifier_hashes,
        finished_at=erasure.finished_at,
        key_hashes=erasure.key_hashes,
    )


async def _added(line: ListedErasure, uow: UnitOfWork) -> bool:
    if await uow.get(Erasure, line.id) is not None:
        return False
    uow.save(
        Erasure(
            id=line.id,
            profile_id=line.profile_id,
            requested_at=line.requested_at,
            by=line.by,
            stage=ErasureStage.DONE,
            profile_hashes=line.profile_hashes,
            identifier_hashes=line.identifier_hashes,
            key_hashes=line.key_hashes,
            finished_at=line.finished_at,
        )
    )
    return True


def _finding(severity: Severity, where: str, problem: str, advice: str) -> Finding:
    return Finding(severity=severity, check=Check.ERASED, where=where, problem=problem, advice=advice)
