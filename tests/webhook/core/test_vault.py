"""Keys, sealed text and keyed hashes."""

from __future__ import annotations

import pytest

from webhook.core.vault import Vault, VaultError, derive_token, seal, unseal

OLD, NEW = "the old secret key of thirty-two characters", "the new secret key, also long enough"


def test_sealed_text_opens_under_its_key_and_place() -> None:
    key, wrapped = Vault([OLD]).new_key()
    sealed = seal(key, "he's outside 🙁", "message a 1")
    assert unseal(Vault([OLD]).unwrap(wrapped), sealed, "message a 1") == "he's outside 🙁"
    assert b"outside" not in sealed


def test_sealed_text_moved_elsewhere_is_refused() -> None:
    key, _ = Vault([OLD]).new_key()
    sealed = seal(key, "hello", "message a 1")
    with pytest.raises(VaultError):
        unseal(key, sealed, "message a 2")


def test_keys_survive_rotation_and_are_rewrapped() -> None:
    key, wrapped = Vault([OLD]).new_key()
    rotating = Vault([NEW, OLD])
    assert rotating.unwrap(wrapped) == key
    assert rotating.needs_rewrap(wrapped)
    again = rotating.wrap(key)
    assert not rotating.needs_rewrap(again)
    assert Vault([NEW]).unwrap(again) == key


def test_wrong_secret_key_opens_nothing() -> None:
    _, wrapped = Vault([OLD]).new_key()
    with pytest.raises(VaultError, match="HELPLINE_SECRET_KEY"):
        Vault([NEW]).unwrap(wrapped)


def test_number_hashes_differ_by_key_and_are_stable() -> None:
    assert Vault([OLD]).hashes("+447700900123") == Vault([OLD]).hashes("+447700900123")
    assert Vault([NEW, OLD]).hashes("+447700900123")[1] == Vault([OLD]).hashes("+447700900123")[0]
    assert Vault([NEW]).hashes("+447700900123") != Vault([OLD]).hashes("+447700900123")


def test_tokens_for_different_purposes_differ() -> None:
    assert derive_token(OLD, "assistant token") != derive_token(OLD, "tracker")
