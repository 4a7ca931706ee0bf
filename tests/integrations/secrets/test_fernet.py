"""The vault: keys, places, and the errors of secrets that cannot be opened."""

from __future__ import annotations

import pytest

from domain.connected_services.ports import CannotOpen
from integrations.secrets.fernet import FernetVault, fingerprint

OLD, NEW, OTHER = (bytes([n]) * 32 for n in (1, 2, 3))
SECRETS = {"api_key": "s3cret", "note": "päßwörd 🔑"}


def vault(*keys: bytes) -> FernetVault:
    return FernetVault(lambda: keys)


def test_any_process_with_the_key_opens_a_sealed_text() -> None:
    sealed = vault(OLD).seal(SECRETS, place="A")
    assert vault(NEW, OLD).open(sealed, place="A") == SECRETS
    assert "s3cret" not in sealed
    assert vault(OLD).seal(SECRETS, place="A") != sealed  # sealing is randomised


def test_the_first_key_seals() -> None:
    sealed = vault(NEW, OLD).seal(SECRETS, place="A")
    assert vault(NEW).open(sealed, place="A") == SECRETS
    assert vault(NEW, OLD).is_current(sealed)
    assert not vault(OLD, NEW).is_current(sealed)


def test_a_sealed_text_does_not_open_in_another_place() -> None:
    sealed = vault(OLD).seal(SECRETS, place="A")
    with pytest.raises(CannotOpen, match=r"belong to another account or service\. Connect the service again\.$"):
        vault(OLD).open(sealed, place="B")


@pytest.mark.parametrize("damage", [lambda s: s[:-4] + "AAAA", lambda s: s[:9], lambda s: s.replace("gAAAA", "gAAAB")])
def test_damaged(damage: object) -> None:
    sealed = vault(OLD).seal(SECRETS, place="A")
    with pytest.raises(CannotOpen, match=r"^The secrets are damaged"):
        vault(OLD).open(damage(sealed), place="A")  # type: ignore[operator]


def test_a_missing_key_is_named_by_its_fingerprint() -> None:
    sealed = vault(OLD).seal(SECRETS, place="A")
    with pytest.raises(CannotOpen) as refused:
        vault(NEW, OTHER).open(sealed, place="A")
    assert str(refused.value).startswith(f"The secrets were encrypted with key {fingerprint(OLD)}, which ")
    assert "BATON_ENCRYPTION_KEY" in str(refused.value)


def test_a_key_added_at_run_time_is_found() -> None:
    keys = [OLD]
    running = FernetVault(lambda: tuple(keys))
    assert running.is_current(running.seal(SECRETS, place="A"))
    keys.insert(0, NEW)
    sealed = vault(NEW).seal(SECRETS, place="A")
    assert running.open(sealed, place="A") == SECRETS
