"""The template for translators, from every reviewed reply: `python -m checks.catalogue`.

Writes `locales/helpline.pot`; with `--check` it only says whether the file is stale. The same
replies always give the same file: no dates, no line numbers, the order of the files.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import write_po

from checks.files import FIXED, RESPONSES, load
from webhook.safety.translations import CORE, DOMAIN, LOCALES, context

TEMPLATE = LOCALES / f"{DOMAIN}.pot"
HEADER = """\
# Every reviewed reply of the helpline, for translation.
# Made by "python -m checks.catalogue" from webhook/safety/replies.yml and bot/domain/responses.
#
# The context (msgctxt) is the name of the reply and its channel. Words for people: short, plain
# (reading age 9 to 11), no blame, no promise, one step at a time. By SMS nothing may name the
# service or abuse. Only the texts marked "Core" are translated today.
msgid ""
msgstr ""
"Project-Id-Version: helpline\\n"
"Language-Team: native-speaking workers\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""
_SMS = (
    "SMS: at most 2 segments. In letters outside GSM-7 one segment holds 70 characters, each of "
    "several 67; 3 are the most there."
)
_WEB = "Web chat: no longer than the English."
_NUMBER = re.compile(r"\d+(?: \d+)*")
_PLACEHOLDER = re.compile(r"\{\w+\}")
_TO_PRESS = "55 is pressed in a call when the recording asks; it is never texted."
_TO_SAY = "Keep the English word police: it is what to say in the call."


@dataclass
class Entry:
    """One text to translate: its context, the files it is in and what a translator must know."""

    context: str
    text: str
    files: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)


def main(arguments: list[str]) -> int:
    """Write the template, or with `--check` compare it; 1 when it is stale."""
    made = template()
    if "--check" not in arguments:
        TEMPLATE.parent.mkdir(exist_ok=True)
        TEMPLATE.write_bytes(made)
        return 0
    if TEMPLATE.exists() and TEMPLATE.read_bytes() == made:
        return 0
    sys.stdout.write(f"{TEMPLATE.name} is stale: run python -m checks.catalogue\n")
    return 1


def template() -> bytes:
    """The template's file."""
    catalogue = Catalog(domain=DOMAIN, charset="utf-8", fuzzy=False)
    for entry in extracted():
        catalogue.add(
            entry.text,
            context=entry.context,
            auto_comments=entry.comments,
            locations=[(file, 0) for file in entry.files],
        )
    return HEADER.encode() + body(catalogue)


def body(catalogue: Catalog) -> bytes:
    """A catalogue's entries as they stand in a file, without the header."""
    written = BytesIO()
    write_po(written, catalogue, width=96, omit_header=True, include_lineno=False)
    return written.getvalue()


def extracted() -> list[Entry]:
    """Every text once for each context, in the order of the files."""
    found: dict[tuple[str, str], Entry] = {}
    for entry in [*_fixed(), *_responses()]:
        known = found.setdefault((entry.context, entry.text), entry)
        known.files = list(dict.fromkeys([*known.files, *entry.files]))
    return list(found.values())


def _fixed() -> Iterator[Entry]:
    for name, entry in load(FIXED)["replies"].items():
        for child in (False, True):
            group = (entry.get("child") or {}) if child else entry
            for channel in ("sms", "web"):
                for at, text in enumerate(group.get(channel) or []):
                    core = name in CORE and not child
                    yield _entry(name, channel, text, FIXED, child=child, time=at, core=core)


def _responses() -> Iterator[Entry]:
    for path in sorted(RESPONSES.glob("*.yml")):
        for name, variants in (load(path).get("responses") or {}).items():
            child = "_young" in name or "young" in path.stem
            for variant in variants:
                if variant.get("text"):
                    text = " ".join(variant["text"].split())
                    channel = variant.get("channel", "web")
                    entry = _entry(name, channel, text, path, child=child)
                    entry.context = context(name, channel)
                    yield entry


def _entry(
    name: str,
    channel: str,
    text: str,
    file: Path,
    *,
    child: bool = False,
    time: int = 0,
    core: bool = False,
) -> Entry:
    comments = [
        *(["Core: needed in every language."] if core else []),
        "To somebody under 16." if child else "To the person who writes.",
        *([f"Said the {time + 1}. time or later."] if time else []),
        _SMS if channel == "sms" else _WEB,
        *_kept(text),
    ]
    return Entry(context(name, channel, child=child), text, [file.as_posix()], comments)


def _kept(text: str) -> Iterator[str]:
    """What must stand in the translation as it stands here."""
    kept = dict.fromkeys([*_NUMBER.findall(text), *_PLACEHOLDER.findall(text)])
    if kept:
        yield f"Keep, in these digits: {', '.join(kept)}."
    if "55" in kept:
        yield _TO_PRESS
    if re.search(r"say:? police", text):
        yield _TO_SAY


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
