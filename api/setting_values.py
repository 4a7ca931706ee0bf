"""The types of settings that pydantic has not: addresses, origins, networks, keys, and lists with commas."""

from __future__ import annotations

import base64
import re
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, SecretStr

SECRET_BYTES = 32  # the key length of HMAC-SHA256
_URL_SAFE = str.maketrans("-_", "+/")


def web_address(text: str) -> str:
    """An http or https address, without a slash at its end. Raises ValueError."""
    address = urlsplit(text)
    unusable = not address.hostname or address.port == 0 or address.query or address.fragment
    if address.scheme not in ("http", "https") or unusable or re.search(r"[\s\"'<>\\]", text):
        raise ValueError("write an address in full, starting with http:// or https://")
    return text.rstrip("/")


def scanner_address(text: str) -> str:
    """The address of a scanner: tcp://host:port or unix:///path. Raises ValueError."""
    address = urlsplit(text)
    by_tcp = address.scheme == "tcp" and address.hostname and address.port and address.path in ("", "/")
    by_socket = address.scheme == "unix" and not address.netloc and len(address.path) > 1
    if not (by_tcp or by_socket):
        raise ValueError("write tcp://host:port or unix:///path")
    return text.rstrip("/")


def listen_address(text: str) -> str:
    """The address of a listener, host:port. Raises ValueError."""
    host_and_port(text)
    return text


def host_and_port(text: str) -> tuple[str, int]:
    """The parts of host:port; an IPv6 address is in brackets. Raises ValueError."""
    address = urlsplit(f"//{text}")
    if not address.hostname or address.port is None or address.netloc != text or address.username is not None:
        raise ValueError("write host:port")
    return address.hostname, address.port


def encryption_key(text: str) -> bytes:
    """The key that `text` is in base 64, in either alphabet. Raises ValueError, whose text does not contain the key."""
    try:
        key = base64.b64decode(text.translate(_URL_SAFE), validate=True)
    except ValueError:
        key = b""
    if len(key) != SECRET_BYTES:
        raise ValueError("an encryption key is 32 bytes in base 64")
    return key


def separated(value: object) -> object:
    """The parts of a text with commas or line breaks; any other value unchanged, for pydantic to check."""
    if not isinstance(value, str):
        return value
    return tuple(part.strip() for part in re.split(r"[,\n]", value) if part.strip())


def _origin(text: str) -> str:
    if text == "*":
        return text
    address = web_address(text)
    if urlsplit(address).path:  # browsers send an origin without a path, so this one would never match
        raise ValueError("an origin is scheme, host and port")
    return address


def named_origins(value: object) -> object:
    """The parts of a text with commas. Raises ValueError for *, since pages with cookies have to be named."""
    parts = separated(value)
    if isinstance(parts, tuple) and "*" in parts:
        raise ValueError("name each origin")
    return parts


def _network(text: str) -> str:
    ip_network(text)  # raises ValueError, also where bits beside the mask are set
    return text


def _folder(path: Path) -> Path:
    """Refuse quotes around a path: env files of some tools keep them, and the data would be in a folder `"`."""
    if re.match(r"[\"'].*[\"']\Z", str(path)):
        raise ValueError("a path is written without quotes")
    return path


def _sealing(key: SecretStr) -> SecretStr:
    encryption_key(key.get_secret_value())
    return key


WebAddress = Annotated[str, AfterValidator(web_address)]
Origin = Annotated[str, AfterValidator(_origin)]
Network = Annotated[str, AfterValidator(_network)]
Folder = Annotated[Path, AfterValidator(_folder)]
EncryptionKey = Annotated[SecretStr, AfterValidator(_sealing)]
ListenAddress = Annotated[str, AfterValidator(listen_address)]
ScannerAddress = Annotated[str, AfterValidator(scanner_address)]


def inside_a_sentence(text: str) -> str:
    """Lower-case the first letter, unless the first word is an abbreviation such as IP."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]
