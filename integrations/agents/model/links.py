"""Links in a text of a model: each must stand in a source that the model was given.

A model that obeys a text instead of its instructions can put what it knows of a shopper into an address, which a chat
window calls as an image, or a shopper opens. It can also send a shopper to a page that is not the shop's. So a reply is
not shown if it has an address that is in no source, letter by letter; nor if it has HTML, or hides where a link leads
(`domain/values/link_safety.py`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from domain.values.errors import Invalid
from domain.values.link_safety import check_linked_text, links_of
from domain.values.text import MESSAGE_LIMIT, is_blank
from domain.values.urls import web_address

_ADDRESS = re.compile(r"(?:https?://|mailto:|tel:)\S+", re.IGNORECASE)
_ENDS = re.compile(r"[\s<>\"'`)\]}]")  # what ends an address, if it is not part of it
_AFTER = ".,;:!?\"'*_~”’»)]}>"  # belongs to the sentence around an address
_MAIL = re.compile(r"(?<![\w.+\-])[\w.+\-]+@[\w\-]+(?:\.[\w\-]+)+")
_HOST = re.compile(
    r"(?<![\w\-])(?<![\w\-]\.)(?:(?:\d{1,3}\.){3}\d{1,3}|(?:[\w\-]+\.)+([^\W\d_][\w\-]*[^\W_]))([:/?#]?)"
)
_FILE_ENDINGS = frozenset(("csv", "docx", "gif", "htm", "html", "jpeg", "jpg", "js", "pdf", "png", "txt", "xlsx"))
_FAMILIAR = frozenset(
    ("app", "biz", "com", "dev", "edu", "gov", "info", "io", "net", "online", "org", "shop", "site", "xyz")
)
_MOST_BRACKETS = 100  # a message has a few links, and reading thousands of brackets takes too long
_DOTS = str.maketrans("。．｡", "...")
_IN_ADDRESSES = frozenset(".:/@<[](!\\&%#?")
_LINK = re.compile(r"\[[^\[\]]*\](?:\([^()]*\)|(?=[^(\[:]))")


class KnownLinks:
    """The addresses of the texts that the model was given."""

    def __init__(self) -> None:
        self._addresses: set[str] = set()
        self._hosts: set[str] = set()
        self._mails: set[str] = set()

    def add_source(self, text: str) -> None:
        """Add the addresses of a source."""
        for found in _ADDRESS.finditer(text):
            for address in (found[0], _ENDS.split(found[0], maxsplit=1)[0]):
                self._addresses.add(_normal(address.rstrip(_AFTER)))
        self._hosts.update(_hosts(text))

    def add_shopper(self, text: str) -> None:
        """Add the mail addresses of a shopper's own text, which a reply may repeat."""
        self._mails.update(found[0].lower() for found in _MAIL.finditer(text))

    def has_foreign(self, text: str) -> bool:
        """Whether a text has a link that is in no source, or anything in which one could be hidden."""
        if is_blank(text):
            return False
        if text.count("[") > _MOST_BRACKETS:
            return True
        try:
            check_linked_text(text, field=(), limit=MESSAGE_LIMIT)
        except Invalid:
            return True
        for link in links_of(text):
            if not self._is_known(link.address):
                return True
            text = text.replace(link.address, " ")
        text = _MAIL.sub(lambda found: " " if found[0].lower() in self._mails else found[0], text)
        if any(host not in self._hosts for host in _mail_hosts(text)):
            return True
        return any(host not in self._hosts for host in _hosts(text))

    def _is_known(self, address: str) -> bool:
        normal = _normal(address)
        if normal in self._addresses or normal.removeprefix("mailto:") in self._mails:
            return True
        # The first page of a known host has nothing in its address that a model could have chosen.
        _, _, host = normal.partition("://")
        return host.removeprefix("www.") in self._hosts


def settled(text: str) -> str:
    """Return the beginning of a growing text that will never be a part of a link, however the text goes on."""
    last_word = "" if not text or text[-1].isspace() else text.rsplit(maxsplit=1)[-1]
    end = len(text) - len(last_word) if _IN_ADDRESSES.intersection(last_word) else len(text)
    at = text.find("[", 0, end)
    while at >= 0:
        link = _LINK.match(text, at)
        if link is None or link.end() > end:
            return text[: at - 1 if text[at - 1 : at] == "!" else at]
        at = text.find("[", link.end(), end)
    return text[:end]


def _normal(address: str) -> str:
    """Normalise an address: a host in lower case, and no stroke at the end. The rest must be equal."""
    url = web_address(address)
    return address.lower() if url is None else str(url).rstrip("/")


def _mail_hosts(text: str) -> Iterator[str]:
    """Yield the host names of mail addresses. None of these is the end of a sentence, whatever its letters."""
    for found in _MAIL.finditer(text):
        host = found[0].rpartition("@")[2].lower().removeprefix("www.")
        if host.rpartition(".")[2][:1].isalpha():  # "2@9.90" is a price
            yield host


def _hosts(text: str) -> Iterator[str]:
    """Yield the host names that a chat window could make a link of, in lower case and without "www."."""
    visible = "".join(each for each in unicodedata.normalize("NFKC", text) if unicodedata.category(each) != "Cf")
    for found in _HOST.finditer(visible.translate(_DOTS)):
        name, ending, follows = found[0], found[1] or "", found[2]
        host = name.removesuffix(follows).lower().removeprefix("www.")
        if not follows and ending.lower() in _FILE_ENDINGS:
            continue
        # "today.It" is two sentences. A name is rarely written so, and leads nowhere without a familiar ending.
        if follows or not ending or ending.islower() or ending.isupper() or ending.lower() in _FAMILIAR:
            yield host
