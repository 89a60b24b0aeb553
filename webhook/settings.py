"""Settings from the environment or `.env`, frozen, checked once at the start."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from webhook.core.errors import SettingsError
from webhook.core.vault import derive_token
from webhook.safety.translations import LANGUAGES

DEFAULT_SECRET = "development-secret-key-change-me"
DEFAULT_ACCOUNT = "AC00000000000000000000000000000000"
DEFAULT_TOKEN = "development-auth-token"
DEFAULT_NUMBER = "+447700900000"

CommaList = Annotated[tuple[str, ...], NoDecode]


class Environment(StrEnum):
    """Where this runs; only development and test tolerate default secrets and the simulator."""

    DEVELOPMENT = "development"
    TEST = "test"
    PRODUCTION = "production"


class Settings(BaseSettings):
    """Everything that differs between installations. `.env.example` explains each one."""

    model_config = SettingsConfigDict(
        env_file=".env", frozen=True, extra="ignore", env_ignore_empty=True, populate_by_name=True
    )

    env: Environment = Field(Environment.DEVELOPMENT, alias="HELPLINE_ENV")
    data: Path = Field(Path("data"), alias="HELPLINE_DATA")
    port: int = Field(8000, alias="HELPLINE_PORT", ge=1, le=65535)
    host: str = Field("127.0.0.1", alias="HELPLINE_HOST")
    public_url: str = Field("http://127.0.0.1:8000", alias="HELPLINE_PUBLIC_URL")
    trusted_proxies: str = Field("127.0.0.1", alias="HELPLINE_TRUSTED_PROXIES")
    secret_key: CommaList = Field((DEFAULT_SECRET,), alias="HELPLINE_SECRET_KEY")
    database_url: str = Field("", alias="HELPLINE_DATABASE_URL")
    redis_url: str = Field("", alias="HELPLINE_REDIS_URL")
    rasa_url: str = Field("http://127.0.0.1:5005", alias="HELPLINE_RASA_URL")
    bot_token: str = Field("", alias="HELPLINE_BOT_TOKEN")
    area: str = Field("", alias="HELPLINE_AREA")
    chat_origins: CommaList = Field((), alias="HELPLINE_CHAT_ORIGINS")
    translations: CommaList = Field((), alias="HELPLINE_TRANSLATIONS")
    exit_url: str = Field("https://www.bbc.co.uk/weather", alias="HELPLINE_EXIT_URL")
    fallback_url: str = Field("", alias="HELPLINE_FALLBACK_URL")

    twilio_account_sid: str = Field(DEFAULT_ACCOUNT, alias="TWILIO_ACCOUNT_SID")
    twilio_auth_token: str = Field(DEFAULT_TOKEN, alias="TWILIO_AUTH_TOKEN")
    twilio_auth_token_previous: str = Field("", alias="TWILIO_AUTH_TOKEN_PREVIOUS")
    twilio_shared_key: str = Field("", alias="TWILIO_SHARED_KEY")
    twilio_messaging_service_sid: str = Field("", alias="TWILIO_MESSAGING_SERVICE_SID")
    twilio_from: str = Field("", alias="TWILIO_FROM")
    twilio_api_url: str = Field("", alias="TWILIO_API_URL")

    rasa_timeout_seconds: float = Field(3.0, alias="HELPLINE_RASA_TIMEOUT", gt=0, le=4.5)
    send_timeout_seconds: float = Field(10.0, alias="HELPLINE_SEND_TIMEOUT", gt=0)
    idle_close_hours: int = Field(72, alias="HELPLINE_IDLE_CLOSE_HOURS", ge=1)
    retain_hours: int = Field(24, alias="HELPLINE_RETAIN_HOURS", ge=0)
    retain_escalated_hours: int = Field(336, alias="HELPLINE_RETAIN_ESCALATED_HOURS", ge=0)
    retain_audit_days: int = Field(730, alias="HELPLINE_RETAIN_AUDIT_DAYS", ge=30)
    retain_sessions_days: int = Field(30, alias="HELPLINE_RETAIN_SESSIONS_DAYS", ge=1)
    hub_idle_minutes: int = Field(60, alias="HELPLINE_HUB_IDLE_MINUTES", ge=5)
    hub_session_hours: int = Field(12, alias="HELPLINE_HUB_SESSION_HOURS", ge=1, le=24)
    oidc_issuer: str = Field("", alias="HELPLINE_OIDC_ISSUER")
    oidc_client_id: str = Field("", alias="HELPLINE_OIDC_CLIENT_ID")
    oidc_client_secret: str = Field("", alias="HELPLINE_OIDC_CLIENT_SECRET")
    oidc_name: str = Field("your organisation", alias="HELPLINE_OIDC_NAME", max_length=40)
    oidc_claim: str = Field("email", alias="HELPLINE_OIDC_CLAIM")
    oidc_second_factor: bool = Field(False, alias="HELPLINE_OIDC_SECOND_FACTOR")

    @field_validator("secret_key", "chat_origins", "translations", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("translations")
    @classmethod
    def _translated(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if unknown := [code for code in value if code not in LANGUAGES]:
            raise ValueError(f"there is no translation {unknown[0]!r}, only {', '.join(LANGUAGES)}")
        return value

    @field_validator("public_url", "twilio_api_url", "rasa_url", "exit_url")
    @classmethod
    def _address(cls, value: str) -> str:
        if value and not value.startswith(("http://", "https://")):
            raise ValueError("must begin with http:// or https://")
        return value.rstrip("/")

    @field_validator("oidc_issuer")
    @classmethod
    def _issuer(cls, value: str) -> str:
        """The provider's own spelling is kept: it is compared with what tokens say."""
        if value and not value.startswith(("http://", "https://")):
            raise ValueError("must begin with https://")
        return value

    @model_validator(mode="after")
    def _no_defaults_in_production(self) -> Settings:
        if self.env is not Environment.PRODUCTION:
            return self
        if DEFAULT_SECRET in self.secret_key or any(len(key) < 32 for key in self.secret_key):
            raise ValueError("HELPLINE_SECRET_KEY: set a secret of at least 32 characters")
        if self.twilio_auth_token == DEFAULT_TOKEN or self.twilio_account_sid == DEFAULT_ACCOUNT:
            raise ValueError("TWILIO_AUTH_TOKEN, TWILIO_ACCOUNT_SID: set those of your account")
        if not (self.twilio_messaging_service_sid or self.twilio_from):
            raise ValueError("TWILIO_MESSAGING_SERVICE_SID or TWILIO_FROM: set one of them")
        if not self.public_url.startswith("https://"):
            raise ValueError("HELPLINE_PUBLIC_URL: must be https in production")
        if self.oidc_issuer.startswith("http://"):
            raise ValueError("HELPLINE_OIDC_ISSUER: must be https in production")
        return self

    @property
    def database(self) -> str:
        """The database's address; SQLite in the data folder unless one is set."""
        return self.database_url or f"sqlite:///{self.data / 'helpline.sqlite3'}"

    @property
    def helpline_number(self) -> str:
        """Our own number, or "" when a messaging service chooses it."""
        if self.twilio_from or self.twilio_messaging_service_sid:
            return self.twilio_from
        return DEFAULT_NUMBER

    @property
    def assistant_token(self) -> str:
        """The bearer token of the assistant's channel; derived from the secret key unless set."""
        return self.bot_token or derive_token(self.secret_key[0], "assistant token")

    @property
    def oidc_set(self) -> bool:
        """Whether staff can sign in by their organisation's provider."""
        return bool(self.oidc_issuer and self.oidc_client_id and self.oidc_client_secret)

    @property
    def first_link(self) -> Path:
        """Where the link for the first manager of the hub lies until it is used."""
        return self.data / "hub-first-link.txt"

    @property
    def production(self) -> bool:
        """Whether real people may be on the other side."""
        return self.env is Environment.PRODUCTION


def load_settings() -> Settings:
    """Read the settings; raises SettingsError with one line that names the setting."""
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        problem = first["msg"].removeprefix("Value error, ")
        raise SettingsError(f"{name}: {problem}" if name else problem) from error
