"""Says a turn's safety-critical words in the person's language too, where that is allowed."""

from __future__ import annotations

from webhook.core.triage import Triage
from webhook.safety.replies import is_variant
from webhook.safety.translations import Translations
from webhook.services.turn import Heard, Turn, names_999_and_55

# Less urgent words, which are said in one language only: four texts at once would draw eyes.
_ALONE = ("first_safe", "first_safe_question")


def speak(heard: Heard, turn: Turn, translations: Translations) -> Turn:
    """Put the translations of a turn's replies beside them: before when this message is foreign.

    The language is that of the message or, when it does not show, of the conversation so far.
    """
    here = heard.assessment.language
    if here and turn.how == "gate":
        # Nobody asks for a language in an emergency; whoever takes over must still know it.
        heard.state.wishes["language"] = here.code
    code = here.code if here else _remembered(heard)
    replies: list[str] = []
    for english in turn.replies:
        said = _translated(code, heard, turn, english, translations)
        if said is None:
            replies.append(english)
            continue
        turn.languages[said] = code
        if here is None:
            replies += [english, said]
        elif any(is_variant(english, name, heard.channel) for name in _ALONE):
            replies.append(said)
        else:
            replies += [said, english]
    turn.replies = replies
    return turn


def _remembered(heard: Heard) -> str:
    return str(heard.state.wishes.get("language") or heard.state.language or "")


def _translated(
    code: str, heard: Heard, turn: Turn, english: str, translations: Translations
) -> str | None:
    said = translations.of(code, heard.channel, english)
    if said is None and turn.triage is Triage.EMERGENCY and names_999_and_55(english):
        return translations.of_emergency(code, heard.channel)
    return said
