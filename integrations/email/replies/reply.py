"""Reply parsing: the new text of a mail, without the quoted history.

Mail programs write an introduction above the mail that is answered (`introductions.py`). Quoted lines below it are
history, so that whatever stands below or between them is new. A history without quote marks reaches to the end.

When in doubt, a line is kept: words lost are worse than words kept too many, and the whole mail is stored as well.

- A quoted or forwarded mail of somebody else is news to the team. Whose mail it is, its address says.
- Lines with ">" that no introduction announces were typed.
- An attribution without an address of the account, above lines without quote marks, may be the shopper's sentence.
- If nothing would remain, the whole text is returned.

mail-parser-reply and quotequail were compared with it on the corpus of the benchmarks (benchmarks/RESULTS.md, "mail").
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from itertools import takewhile

from domain.messaging.mail import bare_subject
from integrations.email.replies.introductions import Introduction, MailContext, QuotedAuthor, introduction_at
from integrations.email.replies.signatures import without_signature

_MAX_LINES = 20_000
# Characters without width: marks of direction and joining, which programs put around names and addresses.
_INVISIBLE = re.compile("[\u00ad\u061c\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_MARK = re.compile(r"> ?")
_ARROWS = ">>>"  # GroupWise writes them around its introduction
_CELLS = re.compile(r"\|\s*([^|\n]{1,25}?)\s*\|\s*([^|\n]*?)\s*\|?")  # a header as a row of a table (NetEase)
_HYPHENS = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2015\u2500\u2501", "-"))
_HEAD = 12  # lines of a quoted group that are looked at
_OPENING = 4  # lines of a quoted group in which its introduction begins


def new_part(text: str, *, own: Collection[str] = (), subject: str = "") -> str:
    """Return the new text of a plain text mail, or the whole text if nothing would remain. `own`: the account's own
    addresses, in lower case. `subject`: that of the mail."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")[:_MAX_LINES]
    segments = _Reply(lines, MailContext(own=own, subject=bare_subject(subject).casefold())).segments()
    kept = "\n".join(line for segment in segments for line in without_signature(segment))
    return kept.strip() or text.strip()


def _plain(line: str) -> str:
    """The line as the introductions are compared with it."""
    plain = _INVISIBLE.sub("", line).replace("\xa0", " ").translate(_HYPHENS)
    cells = _CELLS.fullmatch(plain.strip()) if "|" in plain else None
    return f"{cells[1]}: {cells[2]}" if cells else plain


def _may_introduce(line: str) -> bool:
    return not line.startswith(">") or (line.startswith(_ARROWS) and line.rstrip().endswith(_ARROWS))


class _Reply:
    """Walks through the lines of a reply once."""

    def __init__(self, lines: Sequence[str], context: MailContext) -> None:
        self._lines = lines
        self._plain = [_plain(line) for line in lines]
        self._context = context
        self._quotes_are_history = False
        self._segments: list[list[str]] = [[]]
        self._index = 0

    def segments(self) -> list[list[str]]:
        """Return the new lines, in the parts into which the history divides them."""
        while self._index < len(self._lines):
            line = self._plain[self._index]
            found = introduction_at(self._plain, self._index, self._context) if _may_introduce(line) else None
            if found is None and line.startswith(">"):
                self._read_group()
            elif found is None:
                self._keep(1)
            elif found.author is QuotedAuthor.OTHER:
                self._read_foreign(found)
            elif self._quotes_follow(self._index + found.count, 2 if found.guessed else 1):
                self._drop(found.count)
                self._drop_group()
            elif found.sure:
                break
            else:
                self._keep(found.count)
        return self._segments

    def _read_foreign(self, found: Introduction) -> None:
        """Keep a mail of somebody else. A forwarded one reaches to the end, so nothing below it is history."""
        if found.forwards:
            self._keep(len(self._lines) - self._index)
            return
        self._keep(found.count)
        if self._quotes_follow(self._index, 1):
            self._keep(self._next_written() - self._index)
            self._keep(self._group_end() - self._index)

    def _read_group(self) -> None:
        """Keep or drop the quoted lines that begin here."""
        count = self._group_end() - self._index
        author = self._author_of_group(count)
        starts = count > 1 and not any(line.strip() for segment in self._segments for line in segment)
        if author is not QuotedAuthor.OTHER and (self._quotes_are_history or author is not None or starts):
            self._drop_group()
        else:
            self._keep(count)

    def _author_of_group(self, count: int) -> QuotedAuthor | None:
        """The author that the first lines of a quoted group name, as Apple Mail quotes its introduction; or None."""
        inner = [_MARK.sub("", line, count=1) for line in self._plain[self._index : self._index + min(count, _HEAD)]]
        deeper = [_MARK.sub("", line, count=1) for line in takewhile(lambda line: line.startswith(">"), inner)]
        if self._opens_with_own(deeper):
            return QuotedAuthor.OWN  # a program that marks its introduction, in a quote that is marked as well
        for index in range(min(_OPENING, len(inner))):
            found = (
                None if inner[index].startswith(">") else introduction_at(inner, index, self._context, is_quoted=True)
            )
            if found is not None and (found.author is not QuotedAuthor.OTHER or not any(inner[:index])):
                return found.author
        return None

    def _opens_with_own(self, lines: Sequence[str]) -> bool:
        found = (introduction_at(lines, i, self._context, is_quoted=True) for i in range(min(_OPENING, len(lines))))
        return any(each is not None and each.author is QuotedAuthor.OWN for each in found)

    def _quotes_follow(self, index: int, count: int) -> bool:
        """Whether so many quoted lines follow, perhaps below an empty one."""
        below = [line for line in self._plain[index : index + 2 + count] if line.strip()][:count]
        return len(below) == count and all(line.startswith(">") for line in below)

    def _next_written(self) -> int:
        """The index of the next line that is not empty."""
        index = self._index
        while index < len(self._plain) and not self._plain[index].strip():
            index += 1
        return index

    def _group_end(self) -> int:
        end = self._index
        while end < len(self._plain) and self._plain[end].startswith(">"):
            end += 1
        return end

    def _drop_group(self) -> None:
        """Drop the quoted lines that begin here or below empty lines; those further down are history as well."""
        self._drop(self._next_written() - self._index)
        self._drop(self._group_end() - self._index)
        self._quotes_are_history = True

    def _keep(self, count: int) -> None:
        self._segments[-1].extend(self._lines[self._index : self._index + count])
        self._index += count

    def _drop(self, count: int) -> None:
        self._index += count
        if self._segments[-1]:
            self._segments.append([])
