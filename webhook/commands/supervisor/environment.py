"""The environment that children are given: what the operator set, and what follows from it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from dotenv import dotenv_values

from webhook.core.errors import SettingsError
from webhook.core.vault import derive_token
from webhook.settings import DEFAULT_NUMBER, Environment, Settings

ACTIONS_PORT = 5055
SIMULATOR_PORT = 8010
_LOOPBACK = frozenset({"127.0.0.1", "localhost"})


@dataclass(frozen=True)
class Plan:
    """Which parts run here, on which ports. A port of 0 means that the part does not run here."""

    web: int
    simulator: int
    rasa: int
    actions: int


def given(dotenv: Path = Path(".env")) -> dict[str, str]:
    """The process's environment over `.env`; like everywhere, an empty value counts as unset."""
    found = {name: value for name, value in dotenv_values(dotenv).items() if value}
    found.update({name: value for name, value in os.environ.items() if value})
    return found


def make_plan(settings: Settings, environment: Mapping[str, str]) -> Plan:
    """What runs on this machine. The simulator only in development, without another carrier."""
    simulated = settings.env is Environment.DEVELOPMENT and not settings.twilio_api_url
    rasa = urlsplit(settings.rasa_url)
    here = rasa.hostname in _LOOPBACK
    return Plan(
        web=settings.port,
        simulator=port(environment, "SIMULATOR_PORT", SIMULATOR_PORT) if simulated else 0,
        rasa=(rasa.port or 80) if here else 0,
        actions=port(environment, "HELPLINE_ACTIONS_PORT", ACTIONS_PORT) if here else 0,
    )


def for_children(
    settings: Settings, environment: Mapping[str, str], plan: Plan, redis_url: str
) -> dict[str, str]:
    """The environment of every child; secrets of one purpose are derived from the secret key."""
    made = {
        **environment,
        "PYTHONUNBUFFERED": "1",
        "HELPLINE_PUBLIC_URL": public_url(settings),
        "HELPLINE_REDIS_URL": redis_url,
        "HELPLINE_BOT_TOKEN": settings.assistant_token,
        "HELPLINE_TRACKER_KEY": environment.get("HELPLINE_TRACKER_KEY")
        or derive_token(settings.secret_key[0], "tracker"),
        "HELPLINE_RASA_PORT": str(plan.rasa),
        "HELPLINE_ACTIONS_URL": f"http://127.0.0.1:{plan.actions}/webhook",
        "TWILIO_ACCOUNT_SID": settings.twilio_account_sid,
        "TWILIO_AUTH_TOKEN": settings.twilio_auth_token,
    }
    if plan.simulator:
        made |= _simulated(settings, plan)
    return made


def public_url(settings: Settings) -> str:
    """The helpline's own address: unless one is set it follows the port."""
    if "public_url" in settings.model_fields_set:
        return settings.public_url
    return f"http://127.0.0.1:{settings.port}"


def port(environment: Mapping[str, str], name: str, default: int) -> int:
    """A port from the environment; raises SettingsError when it is none."""
    value = environment.get(name, "") or str(default)
    if not (value.isascii() and value.isdigit() and 0 < int(value) < 65536):
        raise SettingsError(f"{name}: must be a port from 1 to 65535")
    return int(value)


def _simulated(settings: Settings, plan: Plan) -> dict[str, str]:
    number = settings.helpline_number or DEFAULT_NUMBER
    return {
        "TWILIO_API_URL": f"http://127.0.0.1:{plan.simulator}",
        "SIMULATOR_PORT": str(plan.simulator),
        "SIMULATOR_HELPLINE_NUMBER": number,
        "SIMULATOR_WEBHOOK_URL": f"{public_url(settings)}/twilio/sms",
    }
