"""The service's errors.

HelplineError
├── NotFound                 404  no such conversation, message or person on the staff
├── Conflict                 409  somebody else was faster, or the state forbids it
├── BadInput                 400  a field is missing or malformed; `field` says which
├── Forbidden                403  not ours, not signed, not allowed
├── SettingsError             –   a setting is missing or wrong; the message says what to do
└── OutsideError              –   another system failed
    ├── AssistantUnavailable      the assistant did not answer in time or at all
    ├── SendRetryable             the carrier did not take the message now; try again later
    ├── SendUncertain             it may have taken it; look before sending again
    └── SendRefused               it will never take it; `code` is the carrier's error code
"""

from __future__ import annotations


class HelplineError(Exception):
    """Base of all; `status` is the HTTP status an edge answers with."""

    status = 500


class NotFound(HelplineError):
    """What was asked for does not exist, or not for the one who asks."""

    status = 404


class Conflict(HelplineError):
    """The state does not allow it, for instance because somebody was faster."""

    status = 409


class BadInput(HelplineError):
    """A field is missing or malformed; carries the field's name, never its value."""

    status = 400

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(f"{field}: {problem}")
        self.field = field
        self.problem = problem


class Forbidden(HelplineError):
    """Not ours, not signed or not allowed."""

    status = 403


class SettingsError(HelplineError):
    """A setting is missing or wrong; the message names it and says what to do."""


class OutsideError(HelplineError):
    """Another system failed."""


class AssistantUnavailable(OutsideError):
    """The assistant did not answer in time, or answered nonsense."""


class SendRetryable(OutsideError):
    """The carrier did not take the message now (429, 5xx, connection refused)."""


class SendUncertain(OutsideError):
    """The answer was lost: the carrier may have taken the message."""


class SendRefused(OutsideError):
    """The carrier will never take this message; `code` is its error code, if it gave one."""

    def __init__(self, code: int | None) -> None:
        super().__init__(f"refused with code {code}")
        self.code = code
