"""The reply parser on the corpus of mails: no word of anybody is lost, in any language, with any mail program."""

from __future__ import annotations

import pytest

from benchmarks.mail.clients import CLIENTS
from benchmarks.mail.corpus import corpus
from benchmarks.mail.languages import languages
from benchmarks.mail.score import read_by_baton, score

PARTS = 4  # so that the processes of a test run share the corpus


def history_is_kept(client: str, kind: str) -> bool:
    """Whether the history may be kept: the answer stands below it or in it, and no mark tells them apart."""
    return kind in ("below", "between") and not CLIENTS[client].marks


@pytest.mark.parametrize("part", range(PARTS))
def test_every_new_word_is_kept_and_no_old_one(part: int) -> None:
    wrong = []
    for mail in corpus(*sorted(languages())[part::PARTS]):
        found = score(mail, read_by_baton(mail))
        if found.lost or (found.excess and not history_is_kept(mail.client, mail.kind)):
            wrong.append(mail.name)
    assert wrong == []


def test_the_corpus_is_as_large_as_it_says_and_the_same_each_time() -> None:
    assert len(languages()) >= 15
    mails = list(corpus())
    kinds = {mail.kind for mail in mails}
    assert len({mail.name for mail in mails}) == len(mails) == len(languages()) * len(CLIENTS) * len(kinds) * 2
    assert mails[:500] == list(corpus(*sorted(languages())))[:500]


def test_a_word_that_is_lost_is_counted() -> None:
    mail = next(corpus("en"))
    right = score(mail, mail.new)
    assert (right.lost, right.excess) == (0, 0)
    assert score(mail, f"{mail.new} more words").excess == 2
    assert score(mail, "").lost == right.new
