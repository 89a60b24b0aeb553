"""`python -m bot.tuning`: tune the upper layers anew and keep them with the code."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from bot.environment import prepare

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def main(argv: list[str] | None = None) -> int:
    """Write the tuned layers to --out."""
    options = _options(argv)
    prepare(threads=2)
    os.environ["TF_ONEDNN_ASSUME_FROZEN_WEIGHTS"] = "0"  # here they do change
    # TensorFlow reads the environment as it is imported.
    from safetensors.numpy import save_file

    from bot.components.tuned import KINDS
    from bot.tuning.examples import lesson, messages_without
    from bot.tuning.learning import learn

    messages, left_out = messages_without(Path(options.data), options.without)
    told = lesson(messages)
    sys.stdout.write(f"{len(told.texts)} texts; {len(left_out)} examples left out\n")
    network = learn(told, _progress(time.monotonic()), options.rounds)
    names = {kind: json.dumps(named) for kind, named in zip(KINDS, told.names, strict=True)}
    save_file(network.learnt(), options.out, metadata=names)
    return 0


def _progress(started: float):  # noqa: ANN202  # A closure of one line.
    def show(group: int, last: int, lost: NDArray[np.float64]) -> None:
        seconds = time.monotonic() - started
        sys.stdout.write(f"{group} of {last}  {seconds:.0f} s  {lost.round(3).tolist()}\n")
        sys.stdout.flush()

    return show


def _options(argv: list[str] | None) -> argparse.Namespace:
    # The name stands here again, because importing it would import NumPy before `prepare`.
    own = Path(__file__).parents[1] / "components/tuned.safetensors"
    parser = argparse.ArgumentParser(prog="python -m bot.tuning", description=__doc__)
    parser.add_argument("--data", default="nlu_data/nlu", help="folder of examples")
    parser.add_argument("--out", default=str(own), help="file to write")
    parser.add_argument("--rounds", type=float, default=4.0, help="times each text is learnt")
    parser.add_argument("--without", type=int, help="leave out the voices of this fold, 0 to 4")
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
