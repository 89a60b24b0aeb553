"""The tuned layers: what serves is what learnt, and it knows what the examples name."""

from __future__ import annotations

import json

import pytest

from tests.bot.assistant import bot_prints

_LEARNS = """
from bot.environment import prepare

prepare(threads=1)
import os
os.environ["TF_ONEDNN_ASSUME_FROZEN_WEIGHTS"] = "0"
import json
import tempfile
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file
from bot.components.minilm import MiniLm, Tokens, model_folder, weights_of
from bot.components.tuned import KINDS, POOLS, TunedHead
from bot.tuning.examples import Lesson
from bot.tuning.learning import learn

danger, calm = "hes got a knife", "ok see you at the bus stop"
texts = [danger, calm] * 32
labels = np.array([(0, 2, -1), (1, 0, 1)] * 32, dtype=np.int32)
names = (["immediate_danger", "out_of_scope"], ["standard", "urgent", "emergency"], ["a", "none"])
network = learn(Lesson(texts, labels, names), lambda *told: None, rounds=30)
file = Path(tempfile.mkdtemp()) / "tuned.safetensors"
save_file(network.learnt(), file, {k: json.dumps(n) for k, n in zip(KINDS, names)})

said = [danger, calm, "x " * 90]
signs = MiniLm(halves=True, layers=file).encode_pools(said)[:, POOLS:]
tokens = Tokens(model_folder(), weights_of(model_folder()))
for kind, scores in zip(KINDS, network.scores(*tokens.laid_out(tokens.numbers(said)), 0.0)):
    served = np.exp(TunedHead(kind, file).log_probabilities(signs))
    scores = np.exp(scores.numpy() - scores.numpy().max(axis=1, keepdims=True))
    learnt = scores / scores.sum(axis=1, keepdims=True)
    print(json.dumps([float(np.abs(served - learnt).max()), served[:2].round(2).tolist()]))
"""


@pytest.mark.assistant
def test_served_layers_say_what_was_learnt() -> None:
    intents, levels, details = (json.loads(line) for line in bot_prints(_LEARNS))
    assert max(intents[0], levels[0], details[0]) < 0.02  # half precision
    danger, calm = levels[1]
    assert danger[2] > 0.8
    assert calm[0] > 0.8
    assert intents[1][0][0] > 0.8


_JOINED = """
import json
import numpy as np
from bot.components.tuned import TunedHead, joined

class Head(TunedHead):
    def __init__(self):
        self.names = ["b", "c"]
    def log_probabilities(self, signs):
        return np.log(np.array([[0.9, 0.1]], dtype=np.float32))

signs = np.zeros((1, 2, 384), dtype=np.float32)
others = np.array([[0.2, 0.2, 0.6]])
for share in (0.0, 0.5):
    print(json.dumps(joined(others, Head(), signs, ["a", "b", "c"], share)[0].round(4).tolist()))
"""


def test_a_label_unknown_to_the_layers_stays_as_it_was() -> None:
    alone, mixed = (json.loads(line) for line in bot_prints(_JOINED))
    assert alone == [0.2, 0.2, 0.6]
    assert sum(mixed) == pytest.approx(1.0, abs=1e-3)
    assert mixed[1] > mixed[2] > mixed[0]
    # Before they are made to sum to one: 0.2, (0.2 * 0.9) ** 0.5, (0.6 * 0.1) ** 0.5.
    assert mixed[0] == pytest.approx(0.2 / (0.2 + 0.18**0.5 + 0.06**0.5), abs=1e-3)


_LESSON = """
import json
from pathlib import Path
from bot.tuning.examples import lesson, messages_without

seen, left_out = messages_without(Path("nlu_data/nlu"), 2)
every, none = messages_without(Path("nlu_data/nlu"), None)
told = lesson(seen)
of_messages, of_ways = told.labels[: len(seen)], told.labels[len(seen) :]
print(json.dumps({
    "voices in both": len({m.voice for m in seen} & {m.voice for m in left_out}),
    "lost": len(every) - len(seen) - len(left_out) + len(none),
    "labels": len(told.texts) - len(told.labels),
    "of messages": bool((of_messages[:, :2] >= 0).all()),
    "of ways": bool((of_ways[:, :2] == -1).all() and (of_ways[:, 2] >= 0).all()),
    "highest": int(told.labels[:, 2].max()) - len(told.names[2]) + 1,
    "last": told.names[2][-1],
}))
"""


def test_a_fifth_of_the_voices_can_be_left_out_of_the_lesson() -> None:
    (line,) = bot_prints(_LESSON)
    assert json.loads(line) == {
        "voices in both": 0, "lost": 0, "labels": 0, "of messages": True, "of ways": True,
        "highest": 0, "last": "none",
    }  # fmt: skip


_KNOWN = """
import json
from pathlib import Path
from bot.components.details import load_details
from bot.components.tuned import head
from bot.evaluation.examples import training_messages

intents = {message.intent for message in training_messages(Path("nlu_data/nlu"))}
details = {detail["name"] for detail in load_details()}
print(json.dumps([sorted(intents - set(head("intents").names)),
                  len(details - set(head("details").names)) / len(details)]))
"""


def test_the_layers_were_tuned_to_nearly_all_that_there_is_now() -> None:
    (line,) = bot_prints(_KNOWN)
    intents, details = json.loads(line)
    assert intents == []
    assert details < 0.1, "many answers are new: make tune"
