"""`python -m bot.evaluation.dedupe`: take near-duplicates out of the training data and say which.

Two examples are near-duplicates when they carry the same intent and triage and are spelled almost
alike (cosine of character 3- to 5-grams). Replies of a few words must be the same but for case,
spaces and full stops: "yes" and "yeah", or "no" and "no!?", are different ways of saying it.
The first in the order of the files stays. What goes is added to nlu_data/removed.jsonl with the
twin that was kept. A second run finds nothing.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import yaml
from sklearn.feature_extraction.text import TfidfVectorizer

ALIKE: Final = 0.8
_SHORT_WORDS: Final = 6


@dataclass(frozen=True)
class Removal:
    """One example that goes, where it was, and the one that says the same."""

    file: str
    intent: str
    text: str
    kept: str
    alike: float


def main(argv: list[str] | None = None) -> int:
    """Remove near-duplicates in a folder of training data; print and write what went."""
    parser = argparse.ArgumentParser(prog="python -m bot.evaluation.dedupe", description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("nlu_data/nlu"))
    parser.add_argument("--removed", type=Path, default=Path("nlu_data/removed.jsonl"))
    options = parser.parse_args(argv)
    removals = list(dedupe(options.data))
    with options.removed.open("a", encoding="utf-8") as out:
        for removal in removals:
            out.write(json.dumps(vars(removal), ensure_ascii=False) + "\n")
            sys.stdout.write(f"{removal.intent}: {removal.text!r} is {removal.kept!r}\n")
    sys.stdout.write(f"removed {len(removals)}\n")
    return 0


def dedupe(folder: Path) -> Iterator[Removal]:
    """Rewrite the files of `folder` without near-duplicates, and give what was removed."""
    for file in sorted(folder.glob("*.yml")):
        data = yaml.load(file.read_text(encoding="utf-8"), yaml.CSafeLoader)
        removals = [
            Removal(file.name, block["intent"], *twin)
            for block in data["nlu"]
            for twin in _thin(block)
        ]
        if removals:
            file.write_text(written(data["nlu"]), encoding="utf-8")
        yield from removals


def written(blocks: list[dict[str, Any]]) -> str:
    """Training data as our files hold it: one line for the text, one for its metadata."""
    lines = ['version: "3.1"', "nlu:"]
    for block in blocks:
        lines += [f"- intent: {block['intent']}", "  examples:"]
        for example in block["examples"]:
            said = example["metadata"]
            lines.append(f"  - text: {json.dumps(example['text'], ensure_ascii=False)}")
            told = ", ".join(f"{key}: {value}" for key, value in said.items())
            lines.append(f"    metadata: {{{told}}}")
    return "\n".join(lines) + "\n"


def near_duplicates(texts: list[str]) -> list[tuple[int, int, float]]:
    """(what goes, what stays, how alike) among texts of the same labels, in their order."""
    if len(texts) < 2:
        return []
    grams = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), use_idf=False)
    rows = grams.fit_transform(texts)
    alike = (rows @ rows.T).toarray()
    gone: list[tuple[int, int, float]] = []
    kept: list[int] = []
    for index, text in enumerate(texts):
        twin = max(kept, key=lambda other: alike[index, other], default=None)
        if twin is not None and _same(text, texts[twin], alike[index, twin]):
            gone.append((index, twin, round(float(alike[index, twin]), 3)))
        else:
            kept.append(index)
    return gone


def _thin(block: dict[str, Any]) -> Iterator[tuple[str, str, float]]:
    """Take near-duplicates out of `block`, level by level, and give (text, kept, alike)."""
    examples = block["examples"]
    going: set[int] = set()
    for level in sorted({example["metadata"]["triage"] for example in examples}):
        mine = np.flatnonzero([example["metadata"]["triage"] == level for example in examples])
        texts = [examples[index]["text"] for index in mine]
        for gone, kept, alike in near_duplicates(texts):
            going.add(int(mine[gone]))
            yield texts[gone], texts[kept], alike
    block["examples"] = [e for index, e in enumerate(examples) if index not in going]


def _same(text: str, twin: str, alike: float) -> bool:
    if min(len(text.split()), len(twin.split())) < _SHORT_WORDS:
        return _bare(text) == _bare(twin)
    return alike >= ALIKE


def _bare(text: str) -> str:
    return " ".join(text.lower().split()).rstrip(".")


if __name__ == "__main__":
    sys.exit(main())
