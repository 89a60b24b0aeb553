"""The way in for the first manager: a link that works once, shown when nobody manages the hub."""

from __future__ import annotations

import asyncio
import os

from sqlalchemy.exc import SQLAlchemyError

from webhook.logs import get_log
from webhook.services.staff import Accounts
from webhook.settings import Settings

_AGAIN_SECONDS = 1.0


async def leave_first_link(settings: Settings, accounts: Accounts) -> None:
    """Write a link to the data folder, readable by its owner only; take it away once used.

    A database that is still being made is tried again until it is there.
    """
    while True:
        try:
            token = await accounts.first_link()
        except SQLAlchemyError:
            await asyncio.sleep(_AGAIN_SECONDS)
        else:
            break
    path = settings.first_link
    path.unlink(missing_ok=True)
    if token is None:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(f"{settings.public_url}/hub/door/link#{token}\n")
    get_log().info("first_link_left", path=path.name)
