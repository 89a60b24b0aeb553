"""What is written to the audit trail: a closed list of actions and of coded reasons.

A coded reason outlives the conversation; the words typed with it are sealed and go when it goes.
"""

from __future__ import annotations

from enum import StrEnum

from webhook.core.errors import BadInput


class Action(StrEnum):
    """Who did or looked at what: `subject.verb`."""

    SIGN_IN = "session.sign_in"
    SIGN_IN_FAILED = "session.refused"
    SIGN_OUT = "session.sign_out"
    SESSION_ENDED = "session.ended"
    PASSWORD_SET = "account.password_set"  # noqa: S105 -- an action's name
    CONFIRMED = "session.confirmed"
    FACTOR_ADDED = "account.factor_added"
    FACTOR_NAMED = "account.factor_named"
    FACTOR_REMOVED = "account.factor_removed"
    RECOVERY_MADE = "account.recovery_made"
    FACTOR_RESET = "account.factor_reset"
    RECOVERY_USED = "account.recovery_used"
    ACCOUNT_ADDED = "account.added"
    ACCOUNT_CHANGED = "account.changed"
    ACCOUNT_CLOSED = "account.closed"
    LINK_MADE = "account.link_made"
    VIEWED = "conversation.viewed"
    SHEET_VIEWED = "conversation.sheet_viewed"
    PACK_MADE = "conversation.pack_made"
    NUMBER_REVEALED = "conversation.number_revealed"
    CLAIMED = "handover.claimed"
    DECLINED = "handover.declined"
    RELEASED = "handover.released"
    TIMED_OUT = "handover.timed_out"
    VANISHED = "handover.vanished"
    OFFERED = "handover.offered"
    SENT_TO_TEAM = "handover.sent_to_team"
    HANDED_BACK = "handover.handed_back"
    TAKEN_OVER = "handover.taken_over"
    REASSIGNED = "handover.reassigned"
    PAGED = "handover.paged"
    OVERRODE_QUIET = "conversation.overrode_quiet"
    TRIAGE_RAISED = "conversation.triage_raised"
    TRIAGE_LOWERED = "conversation.triage_lowered"
    SHEET_SAVED = "conversation.sheet_saved"
    REFERRED = "conversation.referred"
    CLOSED = "conversation.closed"
    REVIEWED = "conversation.reviewed"
    CONTENT_CHANGED = "content.changed"
    SETTING_CHANGED = "setting.changed"
    DIRECTORY_CHECKED = "directory.checked"
    ALERT_SEEN = "alert.seen"
    AUDIT_READ = "audit.read"


REVEAL_REASONS = {
    "call_back": "They asked to be called",
    "police": "To give to the police or an ambulance",
    "safeguarding": "For a safeguarding referral",
    "returning": "To see whether this is the same person",
}
OVERRIDE_REASONS = {
    "life": "Their life may be at risk",
    "agreed": "We agreed a time or a word before",
    "child": "A child may be at risk",
}
LOWER_REASONS = {
    "safe_now": "They are safe now and said so",
    "misread": "The words were misread",
    "old": "It is about the past",
    "handled": "The emergency services are there",
}


def reason_of(given: str, known: dict[str, str]) -> str:
    """A coded reason from a closed list; raises BadInput."""
    if given not in known:
        raise BadInput("reason", "choose one of the reasons")
    return given


def words_of(given: str) -> str:
    """The typed words of a reason; raises BadInput when there are hardly any."""
    words = given.strip()
    if len(words) < 5:
        raise BadInput("words", "say why in a few words")
    return words[:500]
