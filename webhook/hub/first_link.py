"""The way in for the first manager: a link that works once, shown when nobody manages the hub."""

from __future__ import annotations

import os
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from webhook.logs import get_log
from webhook.services.staff import Accounts
from webhook.settings import Settings


def link_file(settings: Settings) -> Path:
    """Where the link lies for whoever runs the machine."""
    return settings.data / "hub-first-link.txt"


async def leave_first_link(settings: Settings, accounts: Accounts) -> None:
    """Write a link to the data folder, readable by its owner only; take it away once used."""
    path = link_file(settings)
    try:
        token = await accounts.first_link()
    except SQLAlchemyError as error:
        get_log().warning("first_link_not_made", exc_info=error)
        return
    if token is None:
        path.unlink(missing_ok=True)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(f"{settings.public_url}/hub/door/link#{token}\n")
    get_log().info("first_link_left", path=path.name)
