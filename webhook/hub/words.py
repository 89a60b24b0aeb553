"""Codes in words for staff."""

from __future__ import annotations

_KNOWN = {
    "asked": "They asked for a person",
    "advocate": "An advocate joined",
    "assistant_away": "The automated helper was away",
    "set_aside": "A message could not be handled",
    "language": "They need another language",
    "triage_urgent": "A high-risk sign",
    "triage_emergency": "An emergency",
    "low_confidence": "The automated helper did not understand",
    "not_understood": "The automated helper did not understand",
    "danger": "They may be in danger",
    "child": "A child may be at risk",
    "complaint": "A complaint",
    "child_at_risk": "A child may be at risk",
    "suicide": "Thoughts of suicide",
    "sms": "Text",
    "web": "Web chat",
    "bot": "With the automated helper",
    "waiting": "Waiting for a person",
    "staff": "With an advocate",
    "closed": "Closed",
    "queued": "Sending",
    "sending": "Sending",
    "accepted": "Sent",
    "sent": "Sent",
    "delivered": "Delivered",
    "undelivered": "Not delivered",
    "failed": "Not sent",
    "withdrawn": "Held back: not safe",
    "marac_idva": "MARAC and IDVA",
    "consent": "they agreed",
    "under13": "Under 13",
    "idva": "IDVA",
    "commissioned": "Commissioned service",
    "children": "Children's services",
    "manager": "Managers",
    "not_sure": "Not sure",
}
ALERTS = {
    "assistant_away": "The automated helper is away: people get fixed answers and need you",
    "set_aside": "A message could not be handled: read it",
    "send_failed": "A text could not be sent",
    "stopped": "Somebody texted STOP: texts to them do not go out",
}
_FIELDS = {
    "password": "Password",
    "login": "Sign-in name",
    "chosen_name": "Name",
    "text": "Message",
    "words": "Your reason",
    "reason": "Reason",
    "note": "Note",
    "purpose": "Purpose",
    "mon": "Monday",
    "tue": "Tuesday",
    "wed": "Wednesday",
    "thu": "Thursday",
    "fri": "Friday",
    "sat": "Saturday",
    "sun": "Sunday",
    "dates": "Single dates",
    "words_sms": "Words by text",
    "words_web": "Words in web chat",
}


def spell(code: object) -> str:
    """A code as words: from the list, or with its underscores opened up."""
    text = str(code)
    return _KNOWN[text] if text in _KNOWN else label(text)


def label(name: str) -> str:
    """A name as it is, with its underscores opened up."""
    opened = name.replace("_", " ")
    return opened[:1].upper() + opened[1:]


def field(name: str) -> str:
    """A field of a form as its label says it."""
    return _FIELDS.get(name, spell(name))


def duration(seconds: float) -> str:
    """A wait, short: "40 s", "4 min", "2 h 5 min"."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    minutes = whole // 60
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
