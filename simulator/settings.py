"""Settings of the simulator, read once from the environment and then frozen."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, cast, get_args

from simulator.addresses import is_e164, is_web_address

OptOutMode = Literal["advanced", "default", "off"]

ALLOWED_ENVIRONMENTS = ("development", "test")
DEFAULT_ACCOUNT_SID = "AC" + "0" * 32
DEFAULT_AUTH_TOKEN = "development-auth-token"


class SettingsError(Exception):
    """A setting that does not allow a start; the message says which and what to do."""


@dataclass(frozen=True)
class Settings:
    """Everything that can be chosen at the start. Times are in milliseconds."""

    port: int = 8010
    account_sid: str = DEFAULT_ACCOUNT_SID
    auth_token: str = DEFAULT_AUTH_TOKEN
    helpline_number: str = "+447700900000"
    messaging_service_sid: str | None = None
    webhook_url: str = "http://127.0.0.1:8000/twilio/sms"
    latency_ms: int = 0
    delivery_ms: int = 150
    opt_out: OptOutMode = "advanced"

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> "Settings":
        """Read and check the settings; raise SettingsError on the first bad one."""
        environment = environ.get("HELPLINE_ENV") or "development"
        if environment not in ALLOWED_ENVIRONMENTS:
            raise SettingsError(
                "HELPLINE_ENV must be development or test: the simulator accepts any text as "
                "real, so it never runs beside a live helpline."
            )
        return cls(
            port=_number(environ, "SIMULATOR_PORT", cls.port, most=65535),
            account_sid=_sid(environ, "TWILIO_ACCOUNT_SID", "AC") or cls.account_sid,
            auth_token=environ.get("TWILIO_AUTH_TOKEN") or cls.auth_token,
            helpline_number=_e164(environ, "SIMULATOR_HELPLINE_NUMBER", cls.helpline_number),
            messaging_service_sid=_sid(environ, "TWILIO_MESSAGING_SERVICE_SID", "MG"),
            webhook_url=_url(environ, "SIMULATOR_WEBHOOK_URL", cls.webhook_url),
            latency_ms=_number(environ, "SIMULATOR_LATENCY_MS", cls.latency_ms),
            delivery_ms=_number(environ, "SIMULATOR_DELIVERY_MS", cls.delivery_ms),
            opt_out=_opt_out(environ),
        )


def _number(environ: Mapping[str, str], name: str, default: int, most: int = 600_000) -> int:
    value = environ.get(name) or str(default)
    if not value.isascii() or not value.isdigit() or int(value) > most:
        raise SettingsError(f"{name} must be a whole number from 0 to {most}.")
    return int(value)


def _sid(environ: Mapping[str, str], name: str, prefix: str) -> str | None:
    value = environ.get(name)
    if not value:
        return None
    if not re.fullmatch(prefix + "[0-9a-fA-F]{32}", value):
        raise SettingsError(f"{name} must be {prefix} followed by 32 hexadecimal digits.")
    return value


def _e164(environ: Mapping[str, str], name: str, default: str) -> str:
    value = environ.get(name) or default
    if not is_e164(value):
        raise SettingsError(f"{name} must be a number in international form, as {default}.")
    return value


def _url(environ: Mapping[str, str], name: str, default: str) -> str:
    value = environ.get(name) or default
    if not is_web_address(value):
        raise SettingsError(f"{name} must be an http or https address, as {default}.")
    return value


def _opt_out(environ: Mapping[str, str]) -> OptOutMode:
    value = environ.get("SIMULATOR_OPT_OUT") or "advanced"
    if value not in get_args(OptOutMode):
        raise SettingsError("SIMULATOR_OPT_OUT must be advanced, default or off.")
    return cast(OptOutMode, value)
