"""The DMARC verdict of the account's own mail server, from the `Authentication-Results` of a mail (RFC 8601).

Only lines that the named server wrote may count, but a sender can write the same lines into the mail. A server adds its
lines on top, so whatever it wrote stands above whatever the sender wrote:

- Lines below the first `Received` of another organisation's server do not count.
- A server writes all its lines at one place (one per checker: SPF, DKIM, DMARC), without a `Received` between them. The
  uppermost such block counts.
- In that block the uppermost `dmarc` result decides.

The lines are parsed by the RFC's grammar: `dmarc=` in a comment, a quoted string or a property (an envelope sender may
be `dmarc=pass@evil.example`) is no result. A line that does not follow the grammar has no results.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import idna
from authres import AuthenticationResult, AuthenticationResultsHeader

_NAME = "authentication-results"
_MAX_LINE = 10_000  # characters; servers write less than 2,000
_COMMENT = re.compile(r"\([^()]*\)")
_BY = re.compile(r"\bby\s+([^\s;]+)", re.IGNORECASE)
_MAX_COMMENTS = 20  # nested in each other


def dmarc_passed(headers: Iterable[tuple[str, str]], *, authserv_id: str, sender: str) -> bool:
    """Whether the server says that DMARC passed for the domain of `sender`, the only address in `From`.

    `headers`: the names (any case) and unfolded values of all headers, the uppermost first.
    """
    for text in _own_lines(headers, authserv_id):
        for method, domain in _dmarc_results(text):
            return method == "pass" and domain in (None, _ascii(sender.rpartition("@")[2]))
    return False


def _own_lines(headers: Iterable[tuple[str, str]], authserv_id: str) -> list[str]:
    """The values in the uppermost block of the server's lines."""
    found: list[str] = []
    for name, value in headers:
        lower = name.lower()
        if lower == _NAME and _server(value) == authserv_id.casefold():
            found.append(value[:_MAX_LINE])
        elif lower == "received" and (found or not _is_own(value, authserv_id)):
            break
    return found


def _server(value: str) -> str:
    """The authserv-id, without the version that may follow it."""
    words = _without_comments(value.partition(";")[0]).split()
    return words[0].strip('"').casefold() if words else ""


def _dmarc_results(text: str) -> list[tuple[str, str | None]]:
    """The DMARC results of a line, each with the domain that it is about, if named."""
    try:
        header = AuthenticationResultsHeader.parse_value(text)
    except Exception:  # noqa: BLE001 - the parser raises many types for malformed lines, RecursionError among them
        return []
    return [(str(r.result).lower(), _author_domain(r)) for r in header.results if str(r.method).lower() == "dmarc"]


def _author_domain(result: AuthenticationResult) -> str | None:
    """The domain that a result is about: its property `header.from`."""
    for p in result.properties:
        if (str(p.type).lower(), str(p.name).lower()) == ("header", "from"):
            return _ascii(str(p.value))
    return None


def _is_own(received: str, authserv_id: str) -> bool:
    """Whether a `Received` line was written by a server of the organisation: the named one, one of the same domain, or
    one without a public name (`localhost`, an address, a name without a domain)."""
    match = _BY.search(_without_comments(received))
    if match is None:
        return True  # mail stores and content filters write such lines
    host, own = match[1].strip("[]").casefold(), authserv_id.casefold()
    parent = own.partition(".")[2]
    public = "." in host and not host.replace(".", "").isdigit()
    return not public or host in (own, parent) or ("." in parent and host.endswith(f".{parent}"))


def _without_comments(text: str) -> str:
    """The text without comments, which may be nested."""
    text = text[:_MAX_LINE]
    for _ in range(_MAX_COMMENTS):
        shorter = _COMMENT.sub(" ", text)
        if shorter == text:
            break
        text = shorter
    return text


def _ascii(domain: str) -> str:
    """The domain in the form of DNS, for comparison."""
    lower = domain.strip().rstrip(".").lower()
    try:
        return idna.encode(lower, uts46=True).decode()
    except idna.IDNAError:
        return lower
