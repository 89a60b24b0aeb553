"""The checks of `helpline doctor`. Each yields what it finds; nothing is changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from webhook.commands.supervisor.programs import newest_model
from webhook.core.errors import SettingsError
from webhook.safety.translations import unreviewed_entries
from webhook.settings import (
    DEFAULT_ACCOUNT,
    DEFAULT_SECRET,
    DEFAULT_TOKEN,
    Environment,
    Settings,
    load_settings,
)

_LEARNED_FROM = ("bot/config.yml", "bot/domain", "bot/components", "nlu_data")
_DIRECTORY = Path("webhook/directory")
_LONG_HOURS = 24 * 90


@dataclass(frozen=True)
class Finding:
    """Something to do; `blocks` when nobody should go live before it is done."""

    name: str
    what: str
    blocks: bool = True


def checkup(environment: Mapping[str, str]) -> Iterator[Finding]:
    """Every finding for this installation."""
    try:
        settings = load_settings()
    except SettingsError as error:
        yield Finding("settings", f"{error}; the other settings are checked after that")
    else:
        for check in _OF_SETTINGS:
            yield from check(settings)
    yield from _model(environment)
    yield from _services(_DIRECTORY)
    yield from _advice()


def _secrets(settings: Settings) -> Iterator[Finding]:
    if settings.env is not Environment.PRODUCTION:
        yield Finding("environment", "set HELPLINE_ENV=production")
    if DEFAULT_SECRET in settings.secret_key or min(map(len, settings.secret_key)) < 32:
        yield Finding("secret", "set HELPLINE_SECRET_KEY to at least 32 random characters")
    if len(settings.secret_key) > 1:
        yield Finding(
            "secret rotation",
            'run "helpline rotate-keys", then take the old key out of HELPLINE_SECRET_KEY',
            blocks=False,
        )


def _carrier(settings: Settings) -> Iterator[Finding]:
    if (
        settings.twilio_account_sid == DEFAULT_ACCOUNT
        or settings.twilio_auth_token == DEFAULT_TOKEN
    ):
        yield Finding("Twilio", "set TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN of your account")
    if not (settings.twilio_messaging_service_sid or settings.twilio_from):
        yield Finding("sender", "set TWILIO_MESSAGING_SERVICE_SID, or TWILIO_FROM")
    elif not settings.twilio_messaging_service_sid:
        yield Finding(
            "sender",
            "set TWILIO_MESSAGING_SERVICE_SID: only a messaging service lets you take END and "
            "CANCEL out of the words that block a person",
            blocks=False,
        )
    api = urlsplit(settings.twilio_api_url)
    if settings.twilio_api_url and not (api.hostname or "").endswith(".twilio.com"):
        yield Finding("carrier", "unset TWILIO_API_URL: texts do not go to Twilio")
    if settings.twilio_auth_token_previous:
        yield Finding(
            "Twilio token rotation",
            "unset TWILIO_AUTH_TOKEN_PREVIOUS when it is over",
            blocks=False,
        )


def _addresses(settings: Settings) -> Iterator[Finding]:
    if not settings.public_url.startswith("https://"):
        yield Finding("public address", "set HELPLINE_PUBLIC_URL to its https address")
    if not settings.fallback_url:
        yield Finding(
            "fallback address",
            "set HELPLINE_FALLBACK_URL to an answer on other machines and give it to Twilio as the "
            "fallback of the incoming-message address",
        )


def _provider(settings: Settings) -> Iterator[Finding]:
    """A provider that is set in part is no way in; one that is trusted wholly is worth a look."""
    needed = {
        "HELPLINE_OIDC_ISSUER": settings.oidc_issuer,
        "HELPLINE_OIDC_CLIENT_ID": settings.oidc_client_id,
        "HELPLINE_OIDC_CLIENT_SECRET": settings.oidc_client_secret,
    }
    missing = [name for name, value in needed.items() if not value]
    if missing and len(missing) < len(needed):
        yield Finding(
            "sign-in provider",
            f"it is off: set {' and '.join(missing)} too, or unset the others",
            blocks=False,
        )
    if settings.oidc_set and settings.oidc_second_factor:
        yield Finding(
            "sign-in provider",
            "HELPLINE_OIDC_SECOND_FACTOR is on: make sure that it asks everybody for one",
            blocks=False,
        )


def _keeping(settings: Settings) -> Iterator[Finding]:
    for name, hours in (
        ("HELPLINE_RETAIN_HOURS", settings.retain_hours),
        ("HELPLINE_RETAIN_ESCALATED_HOURS", settings.retain_escalated_hours),
    ):
        if hours == 0:
            yield Finding("retention", f"set {name} to the hours your policy says; it is 0")
        elif hours > _LONG_HOURS:
            yield Finding("retention", f"{name} is over 90 days: is that meant?", blocks=False)
    if settings.data.exists() and settings.data.stat().st_mode & 0o077:
        yield Finding(
            "data folder", "others on this machine can look into HELPLINE_DATA: chmod 700"
        )


def _stores(settings: Settings) -> Iterator[Finding]:
    if not settings.database_url:
        yield Finding(
            "database",
            "SQLite serves one machine; set HELPLINE_DATABASE_URL to PostgreSQL for more",
            blocks=False,
        )
    if not settings.redis_url:
        yield Finding(
            "Redis",
            "the embedded Valkey serves one machine; set HELPLINE_REDIS_URL for more",
            blocks=False,
        )
    if not settings.area:
        yield Finding("area", "set HELPLINE_AREA so that local services can be told", blocks=False)


def _translations(settings: Settings) -> Iterator[Finding]:
    """In production only what the settings name is spoken; a native speaker read all of it."""
    for code in settings.translations:
        if waiting := unreviewed_entries(code):
            yield Finding(
                "translations",
                f"{code} is on with {waiting} unreviewed texts: have a native-speaking worker read "
                f"locales/{code}, or take it out of HELPLINE_TRANSLATIONS",
            )


def _model(environment: Mapping[str, str]) -> Iterator[Finding]:
    model = newest_model(environment)
    if model is None:
        yield Finding("assistant", 'there is no trained assistant: run "helpline train"')
    elif model.stat().st_mtime < _newest_change():
        yield Finding("assistant", 'its data changed after it was trained: run "helpline train"')


def _newest_change() -> float:
    files = [
        file
        for place in map(Path, _LEARNED_FROM)
        for file in (place.rglob("*") if place.is_dir() else [place])
        if file.suffix in {".yml", ".py", ".txt"} and file.is_file()
    ]
    return max((file.stat().st_mtime for file in files), default=0.0)


def _services(folder: Path) -> Iterator[Finding]:
    """Every service that people may be told of must have been checked by a person."""
    files = sorted(folder.rglob("*.yml"))
    if not files:
        yield Finding("services", f"there are none in {folder}: add those of your area")
    for file in files:
        unchecked = list(_unchecked(yaml.safe_load(file.read_text(encoding="utf-8"))))
        if unchecked:
            yield Finding(
                "services",
                f"{file.name}: {len(unchecked)} unchecked ({', '.join(unchecked[:3])} …): call or "
                "read each one, then fill in last_checked",
            )


def _unchecked(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if "last_checked" in node and not node["last_checked"]:
            yield str(node.get("name") or node.get("id") or "unnamed")
        node = list(node.values())
    if isinstance(node, list):
        for part in node:
            yield from _unchecked(part)


def _advice() -> Iterator[Finding]:
    """What only Twilio's console can show."""
    yield Finding(
        "opt-out",
        "in Twilio's console turn on Advanced Opt-Out, keep STOP, START and HELP only and write "
        "discreet replies (README, Setting up Twilio)",
        blocks=False,
    )
    yield Finding(
        "redaction",
        "decide on Twilio's message redaction: it hides texts there, and a text that was missed "
        "can then not be read again",
        blocks=False,
    )


_OF_SETTINGS: tuple[Callable[[Settings], Iterator[Finding]], ...] = (
    _secrets,
    _carrier,
    _addresses,
    _provider,
    _keeping,
    _stores,
    _translations,
)
