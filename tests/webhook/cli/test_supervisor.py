"""P1: whatever process dies is started again, and a stop leaves nothing behind."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import Popen

import pytest

from tests.webhook.cli.running import is_gone, pid, running, until
from webhook.commands.supervisor import programs
from webhook.commands.supervisor.backoff import Backoff
from webhook.commands.supervisor.environment import Plan
from webhook.commands.supervisor.output import Output, without_words


@contextmanager
def supervised(folder: Path, *kinds: str, seconds: float = 3.0) -> Iterator[Popen[bytes]]:
    command = ("tests.webhook.cli.fake_helpline", str(folder), str(seconds), *kinds)
    with running(*command, output=folder / "terminal") as process:
        yield process


def shown(folder: Path) -> str:
    return (folder / "terminal").read_text()


def pids(folder: Path, *names: str) -> list[int]:
    return [pid(folder / name) for name in names]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_request_to_stop_leaves_nothing_behind(tmp_path: Path, number: signal.Signals) -> None:
    with supervised(tmp_path, "steady", "stubborn", seconds=0.5) as process:
        started = pids(tmp_path, "steady.pid", "stubborn.pid", "stubborn.child")
        process.send_signal(number)
        assert process.wait(30) == 0
        assert all(is_gone(number) for number in started)


def test_second_ctrl_c_does_not_wait_for_the_stubborn(tmp_path: Path) -> None:
    with supervised(tmp_path, "stubborn", seconds=600) as process:
        started = pids(tmp_path, "stubborn.pid", "stubborn.child")
        process.send_signal(signal.SIGINT)
        until(lambda: "Stopping" in shown(tmp_path))
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0
        assert all(is_gone(number) for number in started)


def test_killed_supervisor_takes_its_children_along(tmp_path: Path) -> None:
    with supervised(tmp_path, "steady") as process:
        child = pid(tmp_path / "steady.pid")
        process.kill()
        process.wait()
        until(lambda: is_gone(child))


def test_dead_child_is_started_again_and_said_so(tmp_path: Path) -> None:
    with supervised(tmp_path, "steady", "crashing"):
        child = pid(tmp_path / "steady.pid")
        (tmp_path / "steady.pid").unlink()
        os.kill(child, signal.SIGKILL)
        assert pid(tmp_path / "steady.pid") != child
        until(lambda: "started again in 1 s" in shown(tmp_path))
    assert "steady was ended by SIGKILL; it is started again in 0.5 s" in shown(tmp_path)
    assert "crashing ended with code 3; it is started again in 0.5 s" in shown(tmp_path)


def test_what_a_dead_child_started_ends_with_it(tmp_path: Path) -> None:
    with supervised(tmp_path, "parent"):
        grandchild = pid(tmp_path / "parent.child")
        until(lambda: is_gone(grandchild))
        until(lambda: "parent ended with code 4" in shown(tmp_path))


def test_child_gives_way_as_its_program_says(tmp_path: Path) -> None:
    with supervised(tmp_path, "steady", "yielding"):
        steady, yielding = pids(tmp_path, "steady.pid", "yielding.pid")
        ours = os.getpriority(os.PRIO_PROCESS, 0)
        assert os.getpriority(os.PRIO_PROCESS, steady) == ours
        assert os.getpriority(os.PRIO_PROCESS, yielding) == min(19, ours + 7)
        session = Path(f"/proc/{yielding}/autogroup")
        if session.exists():  # A kernel that schedules by session looks at this instead.
            assert session.read_text().split()[-1:] in (["7"], [])


def test_texts_are_taken_in_before_anything_else_runs() -> None:
    plan = Plan(web=8000, simulator=8010, rasa=5005, actions=5055)
    taking_in = programs.web(plan, {})
    beside = (programs.actions(plan, {}), programs.assistant(plan, {}))
    assert taking_in.nice == 0 < programs.worker({}).nice < min(one.nice for one in beside)


def test_p7_words_in_a_traceback_reach_no_log(tmp_path: Path) -> None:
    with supervised(tmp_path, "talking"):
        log = tmp_path / "talking.log"
        until(lambda: log.exists() and "ValueError" in log.read_text())
    assert "talking: sweep_failed (kind store)" in shown(tmp_path)
    assert "canary" not in log.read_text() + shown(tmp_path)


def test_waits_double_until_the_longest_and_start_afresh() -> None:
    backoff = Backoff()
    assert [backoff.after(1) for _ in range(8)] == [0.5, 1, 2, 4, 8, 16, 30, 30]
    assert backoff.after(61) == 0.5
    assert backoff.after(1) == 1


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ('  File "/x/main.py", line 3, in main', 'File "/x/main.py", line 3, in main'),
        ("KeyError: 'he hit me'", "KeyError"),
        ("sqlalchemy.exc.OperationalError: (psycopg) text", "OperationalError"),
        ("ModuleNotFoundError: No module named 'x'", "ModuleNotFoundError: No module named 'x'"),
        ("simulator: SIMULATOR_PORT is bad", "simulator: SIMULATOR_PORT is bad"),
        ("    raise ValueError(text)", None),
        ("he is outside", None),
    ],
)  # fmt: skip
def test_p7_only_harmless_parts_of_a_line_are_kept(line: str, kept: str | None) -> None:
    assert without_words(line) == kept


def test_same_warning_is_shown_once_in_a_while(tmp_path: Path) -> None:
    seen: list[str] = []
    output = Output(tmp_path, seen.append)
    for _ in range(5):
        output.write("web", '{"event": "request_failed", "level": "error"}')
    output.close()
    assert seen == ["web: request_failed"]
    assert len((tmp_path / "web.log").read_text().splitlines()) == 5
