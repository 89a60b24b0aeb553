"""`python -m bot.evaluation`: measure understanding and write reports/understanding.{html,json}.

Held-out voices come from the training data; each file given with `--set` (JSON lines) is read by a
model trained on all of it. `--keep-curve` writes bot/evaluation/curve.json, which the thresholds of
bot/config.yml were chosen from. `--without 0 --layers FILE` reads one fifth of the voices by all
that serves, the tuned layers too, if FILE was tuned without them (bot.tuning).
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any, Final

from bot.environment import prepare

DEFAULT_SET: Final = Path("tests/evaluation/messages.jsonl")
CURVE: Final = Path(__file__).with_name("curve.json")


def main(argv: list[str] | None = None) -> int:
    """Measure, write and print the main figures."""
    options = _options(argv)
    prepare(threads=2)
    from bot.evaluation.measuring import measure_all, measure_left_out
    from bot.evaluation.report import page

    data, config = Path(options.data), Path("bot/config.yml")
    if options.without is not None:
        _print(measure_left_out(data, options.without, Path(options.layers), config))
        return 0
    report = measure_all(data, _sets(options.set), config)
    out = Path(options.out)
    out.mkdir(parents=True, exist_ok=True)
    (out / "understanding.json").write_text(json.dumps(report, indent=1, ensure_ascii=False))
    (out / "understanding.html").write_text(page(report))
    if options.keep_curve:
        CURVE.write_text(json.dumps(_kept(report), indent=1) + "\n")
    _print(report)
    sys.stdout.write(f"latency {report['latency']}\nwritten to {out}\n")
    return 0


def _sets(named: list[str]) -> dict[str, Path]:
    paths = [Path(name) for name in named] or [DEFAULT_SET]
    return {f"{path.parent.name}/{path.stem}": path for path in paths if path.exists()}


def _kept(report: dict[str, Any]) -> dict[str, Any]:
    unseen = report["sections"][0]
    about = (
        "Recall and false raises of gate and model together on held-out voices, at each threshold "
        "of P(urgent or emergency) and P(emergency); bot/config.yml names the points chosen."
    )
    return {"about": about, "thresholds": report["thresholds"], "points": unseen["curve"]}


def _print(report: dict[str, Any]) -> None:
    for section in report["sections"]:
        sys.stdout.write(f"{section['name']}\n")
        for name, value in section["figures"].items():
            sys.stdout.write(f"  {name:24} {value:.3f}\n")


def _options(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bot.evaluation", description=__doc__)
    parser.add_argument("--set", action="append", default=[], help="a fixed set to measure on too")
    parser.add_argument("--data", default="nlu_data/nlu", help="a folder of training data")
    parser.add_argument("--out", default="reports")
    parser.add_argument("--keep-curve", action="store_true", help="write curve.json anew")
    parser.add_argument("--without", type=int, help="only the voices of this fold, 0 to 4, by")
    parser.add_argument("--layers", help="layers that were tuned without that fold")
    options = parser.parse_args(argv)
    if (options.without is None) != (options.layers is None):
        parser.error("--without and --layers belong together")
    return options


if __name__ == "__main__":
    sys.exit(main())
