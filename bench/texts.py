"""What people text: ordinary messages of many kinds, a few of them dangerous, in a fixed order."""

from __future__ import annotations

import random
from collections.abc import Iterator

_ORDINARY = (
    "hi",
    "is anyone there",
    "how do I get into a refuge",
    "he takes my wages and I have to ask for everything",
    "my ex keeps turning up at my work",
    "can I get an injunction",
    "he checks my phone every night",
    "i think my boyfriend is tracking me",
    "what counts as coercive control",
    "my mum's partner shouts and throws things",
    "i want to leave but i've got 2 kids and no money",
    "can someone ring me",
    "she hit me again last night",
    "where can i stay tonight with my daughter",
    "im not sure if this is even serious",
    "he said sorry and bought flowers",
    "my visa depends on him what happens if i leave",
    "i dont want the police involved",
    "he wont let me see my family",
    "how do i make a safety plan",
    "my dad hits my mum",
    "will social services take my kids",
    "he has my passport",
    "she reads all my messages and says i cant have friends",
    "thank you",
    "how do I delete this chat",
    "can men use this too",
    "i split up with him but he follows me home",
    "my sister is being hurt by her husband what can i do",
    "he threatens to share pictures of me",
)
_DANGER = ("he's outside with a hammer", "he just strangled me i cant breathe right")
_DANGER_SHARE = 0.03


def texts(seed: int) -> Iterator[str]:
    """Texts without an end; the same seed gives the same ones."""
    chance = random.Random(seed)
    while True:
        yield chance.choice(_DANGER if chance.random() < _DANGER_SHARE else _ORDINARY)
