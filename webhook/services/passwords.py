"""Passwords: argon2id at OWASP's minimum, a few at a time, and what may not be one."""

from __future__ import annotations

import asyncio

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from webhook.core.errors import BadInput

SHORTEST, LONGEST = 12, 128  # characters (ASVS 5.0, 6.2.1 and 6.2.9)
_AT_ONCE = 2  # each takes 19 MiB: a flood of sign-ins must not take the memory of the helpline
_COMMON = frozenset(
    """
    password passwort qwerty letmein welcome iloveyou administrator changeme football liverpool
    helpline advocate manager dragon monkey sunshine princess charlie
    """.split()
)


class Passwords:
    """Hashes and checks passwords in threads, a few at a time and never inside a transaction."""

    def __init__(self) -> None:
        # https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html
        self._hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
        self._room = asyncio.Semaphore(_AT_ONCE)
        self._nobody = self._hasher.hash("nobody has this password")

    async def hash(self, password: str) -> str:
        """The hash to keep."""
        async with self._room:
            return await asyncio.to_thread(self._hasher.hash, password)

    async def fits(self, hashed: str | None, password: str) -> bool:
        """Whether it is the password; without a hash it takes as long and is False."""
        async with self._room:
            return await asyncio.to_thread(self._fits, hashed, password)

    def _fits(self, hashed: str | None, password: str) -> bool:
        try:
            self._hasher.verify(hashed or self._nobody, password)
        except (VerificationError, InvalidHashError):
            return False
        return hashed is not None


def check_new(password: str, login: str) -> None:
    """Raise BadInput for a password that is short, common, repeated or made of the login."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise BadInput("password", f"use {SHORTEST} to {LONGEST} characters")
    plain = "".join(char for char in password.lower() if char.isalpha())
    name = login.split("@")[0].lower()
    if plain in _COMMON or any(plain == word * 2 for word in _COMMON) or len(set(password)) < 5:
        raise BadInput("password", "is easy to guess: use three or four words of your own")
    if len(name) > 3 and name in password.lower():
        raise BadInput("password", "must not contain your sign-in name")
