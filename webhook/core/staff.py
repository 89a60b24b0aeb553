"""Who works at the hub: roles, what each may do, and who is asking now."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Permission(StrEnum):
    """What a role may do: talk with people, lead a shift, look after accounts and content."""

    TALK = "talk"
    LEAD = "lead"
    ADMINISTER = "administer"


class Role(StrEnum):
    """A place at the hub. An administrator keeps the accounts and sees no conversation."""

    ADVOCATE = "advocate"
    MANAGER = "manager"
    ADMINISTRATOR = "administrator"


PERMISSIONS = {
    Role.ADVOCATE: frozenset({Permission.TALK}),
    Role.MANAGER: frozenset(Permission),
    Role.ADMINISTRATOR: frozenset({Permission.ADMINISTER}),
}


@dataclass(frozen=True)
class Who:
    """The member of staff behind a request; `verified` once the second step is done."""

    staff_id: int
    session_id: str
    name: str
    login: str
    role: Role
    verified: bool
    has_factor: bool
    prefs: dict[str, Any] = field(default_factory=dict)
    away: bool = False

    def may(self, permission: Permission) -> bool:
        """Whether the role allows it."""
        return permission in PERMISSIONS[self.role]
