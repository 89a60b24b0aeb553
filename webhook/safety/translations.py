"""The safety-critical replies in other languages, read from the catalogues under `locales/`.

They stand beside the English words, never instead of what is said of danger. Outside development
a language is spoken only once the settings name it as reviewed by a native-speaking worker.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

import structlog
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import PoFileError, read_po

from webhook.core.sms_text import fold
from webhook.safety.replies import reply

LOCALES = Path(__file__).parents[2] / "locales"
DOMAIN = "helpline"
LANGUAGES = ("pl", "ur", "ro", "uk", "ar")
RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ps", "ur"})
# The fixed replies that are translated: danger, silence, an interpreter, whether it is safe.
CORE = (
    "emergency",
    "emergency_again",
    "first_safe",
    "first_safe_question",
    "language",
    "language_again",
    "person_asked",
)
# Fits an emergency of any kind: it asks nothing and says only how to call.
_ANY_EMERGENCY = ("emergency_again", 2)

_Texts = Mapping[tuple[str, str], str]


@dataclass(frozen=True)
class Translations:
    """The translated replies that may be sent, by language, then by channel and English."""

    texts: Mapping[str, _Texts] = field(default_factory=lambda: MappingProxyType({}))

    def of(self, code: str, channel: str, english: str) -> str | None:
        """An English reply in another language, None if there is none.

        By SMS accents go where that makes the text GSM-7, as people text in Polish or Romanian.
        """
        found = self.texts.get(code, {}).get((channel, english))
        return fold(found) if found and channel == "sms" else found

    def of_emergency(self, code: str, channel: str) -> str | None:
        """Words on calling 999 that fit an emergency of any kind; None if there are none."""
        name, variant = _ANY_EMERGENCY
        return self.of(code, channel, reply(name, channel, variant=variant))


def context(name: str, channel: str, *, child: bool = False) -> str:
    """The gettext context of a reply's text: `emergency/sms`, `emergency/sms/child`."""
    return f"{name}/{channel}/child" if child else f"{name}/{channel}"


def direction(code: str) -> str:
    """How a language is written, as HTML's `dir` has it."""
    return "rtl" if code in RIGHT_TO_LEFT else "ltr"


def load_translations(reviewed: Iterable[str], *, unreviewed: bool = False) -> Translations:
    """The catalogues of the reviewed languages; with `unreviewed` those of every language.

    One that cannot be read is left out and logged: English must never wait for a translation.
    """
    codes = LANGUAGES if unreviewed else tuple(code for code in LANGUAGES if code in set(reviewed))
    found: dict[str, _Texts] = {}
    for code in codes:
        try:
            found[code] = _texts(code)
        except (OSError, UnicodeError, PoFileError) as error:
            log = structlog.get_logger()
            log.error("translation_unreadable", language=code, error=type(error).__name__)
    return Translations(MappingProxyType(found))


def read_catalogue(code: str, folder: Path | None = None) -> Catalog:
    """A language's catalogue with its comments and marks; raises OSError or PoFileError."""
    with ((folder or LOCALES) / code / "LC_MESSAGES" / f"{DOMAIN}.po").open("rb") as file:
        return read_po(file, locale=code, domain=DOMAIN, abort_invalid=True)


def unreviewed_entries(code: str) -> int:
    """How many texts of a language still wait for a native-speaking worker."""
    return sum(message.fuzzy for message in entries(read_catalogue(code)))


def entries(catalogue: Catalog) -> list[Message]:
    """The texts of a catalogue without its header, in order."""
    return [message for message in catalogue if message.id]


def _texts(code: str) -> _Texts:
    found = {
        (_channel(message), str(message.id)): str(message.string)
        for message in entries(read_catalogue(code))
        if message.string
    }
    return MappingProxyType(found)


def _channel(message: Message) -> str:
    return str(message.context).split("/")[1]
