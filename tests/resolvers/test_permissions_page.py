"""`docs/reference/permissions.md` is written from the table that `test_permissions.py` proves by executing it.

After a change of the table, write the page anew with `make permissions`.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tests.resolvers.test_permissions import ALL, AUDIT_EXPORT, ENTRIES, EXPORT

PAGE = Path(__file__).parents[2] / "docs/reference/permissions.md"

KEYS = {"widget": "publishable key", "shopper": "visitor token", "agent": "`agent`"}
ROLES = ("owner", "admin", "manager", "support", "analyst")
SCOPES = (
    *("conversations:read", "conversations:write", "metrics:read", "events:read", "handoff:write", "orders:write"),
    *("inbox:read", "inbox:write", "staff:admin", "audit:read"),
)
COLUMNS = (*KEYS, *ROLES, *SCOPES)

HEAD = """\
# Permissions

The table says which credential may use which field: ✓ is allowed, and an empty cell is refused with `FORBIDDEN`.
Without a credential, every field is refused with `UNAUTHENTICATED`. A member of staff has the permissions of the role,
with a key and with a session. A key with several scopes has the permissions of each. [Credentials](auth.md) explains
the credentials, roles and scopes, and the limits within an allowed field: a visitor token, for example, reaches its own
conversation only.

`make permissions` writes this page from the table of `tests/resolvers/test_permissions.py`, which the tests prove: they
execute each field with each credential.
"""


def render() -> str:
    return "\n".join([HEAD, *_sections()])


def _sections() -> Iterator[str]:
    for title, prefix in (("Queries", "Query."), ("Mutations", "Mutation."), ("Subscriptions", "Subscription.")):
        yield f"## {title}\n"
        yield from _table(name for name in ENTRIES if name.startswith(prefix))
    yield "## Other addresses\n"
    yield from _table([EXPORT, AUDIT_EXPORT])


def _table(names: Iterator[str] | list[str]) -> Iterator[str]:
    yield "| | " + " | ".join([KEYS.get(column) or _heading(column) for column in COLUMNS]) + " |"
    yield "|---" * (len(COLUMNS) + 1) + "|"
    for name in sorted(names):
        who = ENTRIES[name].who
        marks = " | ".join("✓" if column in who else "" for column in COLUMNS)
        yield f"| `{name.rpartition('.')[2]}` | {marks} |"
    yield ""


def _heading(column: str) -> str:
    return column.upper() if column in ROLES else f"`{column}`"


def test_the_page_shows_every_credential() -> None:
    assert set(COLUMNS) == ALL


def test_the_page_is_that_of_the_table() -> None:
    assert PAGE.read_text() == render(), "run `make permissions`"


if __name__ == "__main__":
    PAGE.write_text(render())
