"""A supervised run of tiny programs, for tests: `python -m … FOLDER STOP_SECONDS KIND…`.

Each program writes its process id to FOLDER/<kind>.pid, and that of what it started to
FOLDER/<kind>.child.
"""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

from webhook.commands.supervisor.child import Program
from webhook.commands.supervisor.family import Family
from webhook.commands.supervisor.run import supervise

_NOTE = """
import os, pathlib, signal, subprocess, sys, time
def note(ending, pid):
    path = pathlib.Path(sys.argv[1]) / (sys.argv[2] + ending)
    path.with_suffix(path.suffix + ".new").write_text(str(pid))
    path.with_suffix(path.suffix + ".new").rename(path)
"""
_WAIT = "\nnote('.pid', os.getpid())\nwhile True: time.sleep(60)\n"
_PARENT = """
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
note('.child', child.pid)
"""
PROGRAMS = {
    "steady": _WAIT,
    "yielding": _WAIT,
    "stubborn": "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + _PARENT + _WAIT,
    "crashing": "note('.pid', os.getpid())\nsys.exit(3)\n",
    "parent": _PARENT + "note('.pid', os.getpid())\nsys.exit(4)\n",
    "talking": """
import json
print(json.dumps({"event": "sweep_failed", "level": "error", "kind": "store"}), flush=True)
print('Traceback (most recent call last):', flush=True)
print('ValueError: she said the canary sang', flush=True)
print('the canary sang', flush=True)
"""
    + _WAIT,
}

NICE = {"yielding": 7}


def main() -> int:
    folder, seconds, kinds = Path(sys.argv[1]), float(sys.argv[2]), sys.argv[3:]

    async def start(family: Family) -> None:
        for kind in kinds:
            code = _NOTE + PROGRAMS[kind]
            argv = (sys.executable, "-c", code, str(folder), kind)
            family.add(Program(kind, argv, dict(os.environ), nice=NICE.get(kind, 0)))
        await asyncio.sleep(0)

    return supervise(start, folder, seconds)


if __name__ == "__main__":
    sys.exit(main())
