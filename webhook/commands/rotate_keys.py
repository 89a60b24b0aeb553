"""`helpline rotate-keys`: wrap every conversation's key under the newest secret key.

Put the new secret first in HELPLINE_SECRET_KEY and the old one after it, restart, run this, then
take the old one away.
"""

from __future__ import annotations

import argparse

from webhook.core.vault import Vault, VaultError
from webhook.services.retention import rewrap_keys
from webhook.settings import load_settings
from webhook.store.database import Database


def arguments(_: argparse.ArgumentParser) -> None:
    """It takes none: the keys are in HELPLINE_SECRET_KEY."""


def run(_: argparse.Namespace) -> int:
    """Print how many keys were wrapped anew. 1 when a key opens under none of the secrets."""
    settings = load_settings()
    database = Database(settings.database)
    vault = Vault(settings.secret_key)
    total = 0
    try:
        while count := database.write_now(rewrap_keys, vault):
            total += count
    except VaultError as error:
        print(f"{total} keys wrapped anew, then: {error}")
        return 1
    finally:
        database.close()
    print(f"{total} keys wrapped anew")
    return 0
