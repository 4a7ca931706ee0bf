"""Scores of a reader of mails: the words that it loses, and those that it keeps though they are not new."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping

from benchmarks.mail.corpus import OWN, CorpusMail
from domain.values.record import Record
from integrations.email.parse import Rfc5322Parser

Reader = Callable[[CorpusMail], str]
# Languages that set no spaces are counted by characters.
_WORD = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\W_]+")


class Score(Record):
    """The words of some mails: those that are new, those of them that were lost, and those kept too many."""

    mails: int = 0
    new: int = 0
    lost: int = 0
    excess: int = 0

    def __add__(self, other: Score) -> Score:
        return Score(
            mails=self.mails + other.mails,
            new=self.new + other.new,
            lost=self.lost + other.lost,
            excess=self.excess + other.excess,
        )


def read_by_baton(mail: CorpusMail) -> str:
    """Return the text of the message that Baton makes of a mail: all of it if it answers none of ours."""
    read = Rfc5322Parser().parse(mail.raw, authserv_id=None, own=[OWN])
    return read.text if mail.answers else read.whole


def score(mail: CorpusMail, read: str) -> Score:
    """Compare what was read with what is new, as multisets of words."""
    right, found = Counter(_WORD.findall(mail.new)), Counter(_WORD.findall(read))
    return Score(mails=1, new=right.total(), lost=(right - found).total(), excess=(found - right).total())


def scores(mails: Iterable[CorpusMail], reader: Reader, *, by: Callable[[CorpusMail], str]) -> Mapping[str, Score]:
    """Return the scores of groups of mails."""
    found: dict[str, Score] = defaultdict(Score)
    for mail in mails:
        found[by(mail)] += score(mail, reader(mail))
    return found
