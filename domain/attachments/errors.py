"""Why a file is not taken. Each is a refusal of one request for bytes; nothing of the file is kept."""

from __future__ import annotations

from domain.values.errors import Conflict, Invalid


class UploadUsed(Conflict):
    """The address has taken a file, or another request is using it."""


class WrongSize(Invalid):
    """The file does not have the bytes that were announced."""


class FileTooLarge(Invalid):
    """The file is larger than the account allows."""


class TypeNotAllowed(Invalid):
    """The account does not allow files of this type, which is that of the content."""


class Infected(Invalid):
    """The scanner found malware; the text names it."""
