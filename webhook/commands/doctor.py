"""`helpline doctor`: what is missing for going live, one line each with what to do."""

from __future__ import annotations

import argparse
import json

from webhook.commands.checkup import Finding, checkup
from webhook.commands.supervisor.environment import given


def arguments(parser: argparse.ArgumentParser) -> None:
    """How to print it."""
    parser.add_argument("--json", action="store_true", help="one JSON object instead of lines")


def run(options: argparse.Namespace) -> int:
    """Print the findings. 1 when one of them stands in the way of going live."""
    findings = list(checkup(given()))
    blocked = any(finding.blocks for finding in findings)
    if options.json:
        print(json.dumps({"ready": not blocked, "findings": [_plain(each) for each in findings]}))
    else:
        for finding in findings:
            print(f"{'BLOCKS' if finding.blocks else 'advice'}  {finding.name}: {finding.what}")
        print("Not ready to go live." if blocked else "Nothing stands in the way of going live.")
    return 1 if blocked else 0


def _plain(finding: Finding) -> dict[str, str | bool]:
    return {"name": finding.name, "blocks": finding.blocks, "what": finding.what}
