"""`helpline purge`: close idle conversations and delete what is over, now."""

from __future__ import annotations

import argparse
import asyncio

from webhook.build import build
from webhook.logs import configure_logs
from webhook.services.retention import Purged
from webhook.settings import Settings, load_settings


def arguments(_: argparse.ArgumentParser) -> None:
    """It takes none: the times are in the settings."""


def run(_: argparse.Namespace) -> int:
    """Print how much was closed and deleted."""
    configure_logs("purge", "WARNING")
    purged = asyncio.run(_purge(load_settings()))
    print(f"closed {purged.closed}, deleted {len(purged.conversations)}")
    print(
        f"forgot {purged.audit} audit entries, {purged.sessions} sessions and {purged.links} links"
    )
    return 0


async def _purge(settings: Settings) -> Purged:
    parts = build(settings)
    try:
        return await parts.retention.purge()
    finally:
        await parts.close()
