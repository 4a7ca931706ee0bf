"""The position at which a client asks to resume: `after:` of its operation, and `resume` of its connection."""

from __future__ import annotations

from api.realtime.cursor import CursorCodec, Position, UnknownCursor
from domain.values.ids import AccountId
from domain.values.record import Record


class ResumeRequest(Record):
    after: Position | None  # None: not given, or unknown
    resume: Position | None
    unknown: bool  # one of them was given and does not belong to this account and server

    def start_position(self, key: int, epoch: str) -> int | None:
        """Return the seq after which the operation continues; None: from now on. Raises `UnknownCursor` if the client
        asked to resume and its cursors do not belong to this log.

        `resume` comes from the client's latest connection, `after` is as old as the operation: stock clients send it
        again unchanged. An operation that `resume` does not contain is a new one, and only `after` counts.
        """
        after = self.after.seq if self.after is not None and self.after.epoch == epoch else None
        if self.resume is not None and (own := _own(self.resume, key)) is not None and self.resume.epoch == epoch:
            return own if after is None else max(own, after)
        if after is not None:
            return after
        if self.unknown or self.after is not None or (self.resume is not None and _own(self.resume, key) is not None):
            raise UnknownCursor
        return None


def read_resume_request(
    cursors: CursorCodec, account_id: AccountId, *, after: str | None, resume: str | None
) -> ResumeRequest | None:
    """Return what the client asks for; None if it gave no cursor. Raises `Invalid` for a text that is not a cursor."""
    if after is None and resume is None:
        return None
    positions: dict[str, Position] = {}
    unknown = False
    for name, text in (("after", after), ("resume", resume)):
        if text is not None:
            try:
                positions[name] = cursors.decode(text, account_id, field=(name,))
            except UnknownCursor:
                unknown = True
    return ResumeRequest(after=positions.get("after"), resume=positions.get("resume"), unknown=unknown)


def _own(resume: Position, key: int) -> int | None:
    return resume.positions.get(key) if resume.positions else resume.seq
