"""Encryption at rest: a key per conversation, wrapped by the secret key, and keyed hashes.

Destroying a conversation's wrapped key makes what was sealed under it unreadable for good.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_NONCE = 12  # bytes, the size that AES-GCM is specified for (NIST SP 800-38D)


class VaultError(Exception):
    """What was sealed cannot be opened: the secret key changed or the data was altered."""


class Vault:
    """Wraps data keys and hashes numbers under one or more secret keys, the newest first."""

    def __init__(self, secret_keys: Sequence[str]) -> None:
        if not secret_keys:
            raise ValueError("at least one secret key is needed")
        self._wrapping = [_derive(key, b"wrap") for key in secret_keys]
        self._hashing = [_derive(key, b"number") for key in secret_keys]

    def new_key(self) -> tuple[bytes, bytes]:
        """A fresh 32-byte data key and its wrapped form for storing."""
        key = AESGCM.generate_key(bit_length=256)
        return key, self.wrap(key)

    def wrap(self, key: bytes) -> bytes:
        """Wrap a data key under the newest secret key."""
        return _seal(self._wrapping[0], key, b"data key")

    def unwrap(self, wrapped: bytes) -> bytes:
        """The data key again; tries every secret key, raises VaultError if none fits."""
        for wrapping in self._wrapping:
            try:
                return _open(wrapping, wrapped, b"data key")
            except InvalidTag:
                continue
        raise VaultError("no secret key opens this data key: was HELPLINE_SECRET_KEY changed?")

    def needs_rewrap(self, wrapped: bytes) -> bool:
        """Whether a data key is still wrapped under an older secret key."""
        try:
            _open(self._wrapping[0], wrapped, b"data key")
        except InvalidTag:
            return True
        return False

    def hashes(self, value: str) -> list[str]:
        """Keyed hashes of a number (hex), the newest secret key's first; look up all of them."""
        data = value.encode()
        return [hmac.new(key, data, hashlib.sha256).hexdigest() for key in self._hashing]


def seal(key: bytes, text: str, context: str) -> bytes:
    """Encrypt text under a data key; `context` binds it to its place and must match on opening."""
    return _seal(key, text.encode(), context.encode())


def unseal(key: bytes, sealed: bytes, context: str) -> str:
    """The text again; raises VaultError when the key, the place or the data is wrong."""
    try:
        return _open(key, sealed, context.encode()).decode()
    except InvalidTag as error:
        raise VaultError("sealed text cannot be opened") from error


def derive_token(secret_key: str, purpose: str) -> str:
    """A secret for one purpose (hex, 32 bytes) made from the secret key."""
    return _derive(secret_key, purpose.encode()).hex()


def _derive(secret_key: str, purpose: bytes) -> bytes:
    derivation = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"helpline " + purpose)
    return derivation.derive(secret_key.encode())


def _seal(key: bytes, data: bytes, context: bytes) -> bytes:
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, data, context)


def _open(key: bytes, sealed: bytes, context: bytes) -> bytes:
    return AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], context)
