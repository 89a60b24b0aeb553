"""Passwords: argon2id at OWASP's minimum, a few at a time, and what may not be one."""

from __future__ import annotations

import asyncio

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn import zxcvbn

from webhook.core.errors import BadInput

SHORTEST, LONGEST = 12, 128  # characters (ASVS 5.0, 6.2.1 and 6.2.9)
_AT_ONCE = 2  # each takes 19 MiB: a flood of sign-ins must not take the memory of the helpline
_STRONG = 4  # zxcvbn's best: at least 10^10 guesses, and its lists hold far more than the top 3000
_JUDGED = 40  # characters: its time grows fast with length, and a strong beginning is enough
_OUR_WORDS = ("helpline", "hub")


class Passwords:
    """Hashes and checks passwords in threads, a few at a time and never inside a transaction."""

    def __init__(self) -> None:
        # https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html
        self._hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
        self._room = asyncio.Semaphore(_AT_ONCE)
        # zxcvbn keeps the words of a call in a table of its module: two at once would mix them.
        self._judging = asyncio.Lock()
        self._nobody = self._hasher.hash("nobody has this password")

    async def hash(self, password: str) -> str:
        """The hash to keep."""
        async with self._room:
            return await asyncio.to_thread(self._hasher.hash, password)

    async def fits(self, hashed: str | None, password: str) -> bool:
        """Whether it is the password; without a hash it takes as long and is False."""
        if len(password) > LONGEST:
            return False
        async with self._room:
            return await asyncio.to_thread(self._fits, hashed, password)

    async def check_new(self, password: str, login: str) -> None:
        """Raise BadInput for a password that is short, easy to guess or made of the login."""
        if not SHORTEST <= len(password) <= LONGEST:
            raise BadInput("password", f"use {SHORTEST} to {LONGEST} characters")
        name = login.split("@")[0].lower()
        if len(name) > 3 and name in password.lower():
            raise BadInput("password", "must not contain your sign-in name")
        async with self._judging:
            strong = await asyncio.to_thread(
                _strong, password, [login, *login.split("@"), *_OUR_WORDS]
            )
        if not strong:
            raise BadInput("password", "is easy to guess: use three or four words of your own")

    def _fits(self, hashed: str | None, password: str) -> bool:
        try:
            self._hasher.verify(hashed or self._nobody, password)
        except (VerificationError, InvalidHashError):
            return False
        return hashed is not None


def _strong(password: str, known: list[str]) -> bool:
    """Whether guessing takes long enough, knowing these words; 1.3 s for the worst there is."""
    found = zxcvbn(password[:_JUDGED], user_inputs=known)
    return bool(found["score"] >= _STRONG)
