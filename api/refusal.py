"""How the HTTP endpoints refuse a request: with a status, a code, and a text that says what to do."""

from __future__ import annotations

from collections.abc import Mapping


class RequestRefused(Exception):
    """The text is written for the caller and carries no secret."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        code: str = "",
        path: tuple[str, ...] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.path = path
        self.headers = dict(headers or {})

    @property
    def entry(self) -> dict[str, object]:
        """One member of `errors`, in the form of a GraphQL response."""
        extensions = {"code": self.code, **({"path": list(self.path)} if self.path else {})}
        return {"message": str(self), "extensions": extensions}
