"""The admin service's settings, from the environment or from files, checked before anything starts."""

import os
import re
import sys
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, ValidationError, field_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict

from common.http.clients import ApiClient
from shared_contracts.transport.signing import SHORTEST_KEY

MINUTES_OF_A_YEAR = 366 * 24 * 60


def _matching(pattern: str, meaning: str) -> AfterValidator:
    def check(value: str) -> str:
        if not re.fullmatch(pattern, value):
            raise ValueError(f"should be {meaning}")
        return value

    return AfterValidator(check)


SecretKey = Annotated[str, _matching(r"(?s).{32,}", "at least 32 characters that nobody can guess")]
MongodbUri = Annotated[str, _matching(r"mongodb(\+srv)?://.+", "an address like mongodb://user:password@host:27017")]
AmqpUrl = Annotated[str, _matching(r"amqps?://.+", "an address like amqp://user:password@host:5672/vhost")]


RedisUrl = Annotated[str, _matching(r"rediss?://.+", "an address like redis://:password@host:6379/0")]
DatabaseName = Annotated[str, _matching(r"[A-Za-z0-9_-]{1,63}", "1 to 63 of A-Z, a-z, 0-9, _ and -")]
DeskUrl = Annotated[str, _matching(r"https?://[^/\s]+", "an address like https://desk.example.org")]
BotUsername = Annotated[str, _matching(r"[A-Za-z0-9_]{5,32}", "the bot's @username without the @")]


class Env(BaseSettings):
    """One field per environment variable of the same name in capitals; ``NAME_FILE`` names a file with the value."""

    model_config = SettingsConfigDict(extra="ignore", env_ignore_empty=True)

    django_secret_key: SecretKey
    mongodb_uri: MongodbUri
    mongodb_database: DatabaseName
    amqp_url: AmqpUrl
    amqp_url_operator: AmqpUrl | None = None
    celery_broker_url: AmqpUrl
    redis_url: RedisUrl
    request_signing_keys: Annotated[list[str], NoDecode] = []
    admin_api_clients: Annotated[list[ApiClient], NoDecode] = []
    telegram_bot_username: BotUsername
    allowed_hosts: Annotated[list[str], NoDecode] = ["127.0.0.1", "localhost"]
    csrf_trusted_origins: Annotated[list[str], NoDecode] = []
    desk_url: DeskUrl | None = None
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["json", "console"] = "json"
    health_host: str = "127.0.0.1"
    health_port: Annotated[int, Field(ge=1, le=65535)] | None = None
    outside_calendar_networks: Annotated[list[IPv4Network | IPv6Network], NoDecode] = []
    trusted_proxies: Annotated[int, Field(ge=0, le=9)] = 0
    test_mode: bool = False
    clock_offset_file: Path | None = None
    https_only: bool = False
    require_totp_for_administrators: bool = False
    session_idle_minutes: Annotated[int, Field(ge=1, le=MINUTES_OF_A_YEAR)] = 60
    session_max_hours: Annotated[int, Field(ge=1, le=MINUTES_OF_A_YEAR // 60)] = 12

    @property
    def public_desk_url(self) -> str | None:
        """Where people's programs reach the desk: as set, else the first origin that its forms are trusted from."""
        return self.desk_url or next(iter(self.csrf_trusted_origins), None)

    @field_validator("allowed_hosts", "csrf_trusted_origins", "outside_calendar_networks", mode="before")
    @classmethod
    def _comma_list(cls, value: object) -> object:
        return [item.strip() for item in value.split(",") if item.strip()] if isinstance(value, str) else value

    @field_validator("request_signing_keys", mode="before")
    @classmethod
    def _long_keys(cls, value: object) -> object:
        keys = [item.strip() for item in value.split(",") if item.strip()] if isinstance(value, str) else value
        if isinstance(keys, list) and any(len(key) < SHORTEST_KEY for key in keys):
            raise ValueError(f"should be keys of at least {SHORTEST_KEY} characters, separated by commas")
        return keys

    @field_validator("admin_api_clients", mode="before")
    @classmethod
    def _clients(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        return [ApiClient.read(item.strip()) for item in value.split(",") if item.strip()]

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment first, then files that it names."""
        return env_settings, _NamedFiles(settings_cls)


class _NamedFiles(PydanticBaseSettingsSource):
    """``NAME_FILE`` names a file that holds the value of ``NAME``, as container platforms hand out secrets."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[str | None, str, bool]:
        file = os.environ.get(f"{field_name.upper()}_FILE")
        return (Path(file).read_text(encoding="utf-8").strip() if file else None), field_name, False

    def __call__(self) -> dict[str, str]:
        values = {name: self.get_field_value(field, name)[0] for name, field in Env.model_fields.items()}
        return {name: value for name, value in values.items() if value is not None}


def load_env() -> Env:
    """The checked settings. A missing or wrong one ends the process with a line that names it (exit code 2)."""
    try:
        return Env()
    except ValidationError as error:
        problems = "; ".join(
            f"{str(item['loc'][0]).upper()} {'is missing' if item['type'] == 'missing' else _problem_of(item['msg'])}"
            for item in error.errors()
        )
        print(f"Slotdesk admin service can't start, settings are wrong: {problems}", file=sys.stderr)
        raise SystemExit(2) from None
    except OSError as error:
        print(f"Slotdesk admin service can't start, a settings file can't be read: {error}", file=sys.stderr)
        raise SystemExit(2) from None


def _problem_of(message: str) -> str:
    return message.removeprefix("Value error, ").removeprefix("Input ")  # pydantic's beginnings
