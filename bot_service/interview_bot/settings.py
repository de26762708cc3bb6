"""Settings from the environment, checked at start. The README's table says what each means."""

import re
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import AfterValidator, AnyHttpUrl, Field, SecretStr, StringConstraints, ValidationError, model_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, EnvSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict
from pydantic_settings.exceptions import SettingsError as BadSourceError

from shared_contracts.transport.signing import SHORTEST_KEY


def _matching(pattern: str, meaning: str) -> AfterValidator:
    def check(value: SecretStr) -> SecretStr:
        if not re.fullmatch(pattern, value.get_secret_value()):
            raise ValueError(f"should be {meaning}")
        return value

    return AfterValidator(check)


BotToken = Annotated[SecretStr, _matching(r"\d+:[A-Za-z0-9_-]{3,}", "a token as BotFather gives it, 123456:ABC…")]
WebhookSecret = Annotated[SecretStr, _matching(r"[A-Za-z0-9_-]{1,256}", "1 to 256 of A-Z, a-z, 0-9, _ and -")]
SigningKey = Annotated[
    SecretStr, _matching(rf"\S{{{SHORTEST_KEY},}}", f"at least {SHORTEST_KEY} characters without blanks")
]
MongodbUri = Annotated[
    SecretStr, _matching(r"mongodb(\+srv)?://.+", "an address like mongodb://user:password@host:27017")
]
AmqpUrl = Annotated[SecretStr, _matching(r"amqps?://.+", "an address like amqp://user:password@host:5672/vhost")]
RedisUrl = Annotated[SecretStr, _matching(r"(rediss?|unix)://.+", "an address like redis://:password@host:6379/0")]

S = TypeVar("S", bound=BaseSettings)


class SettingsError(Exception):
    """A setting is missing or wrong; the text is one line that names it, without its value."""


class _FileSource(EnvSettingsSource):
    """``NAME_FILE`` names a file that holds the value of ``NAME`` (how secrets are mounted)."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        path = self.env_vars.get(f"{field_name}_file")
        if path is None:
            return None, field_name, False
        try:
            return Path(path).read_text(encoding="utf-8").strip(), field_name, False
        except OSError as error:
            raise SettingsError(f"{field_name.upper()}_FILE: cannot read the file ({error.strerror})") from None


class _EnvironmentSettings(BaseSettings):
    model_config = SettingsConfigDict(frozen=True, extra="ignore", env_ignore_empty=True)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments, then the environment, then ``NAME_FILE``; no ``.env`` file is read."""
        return init_settings, env_settings, _FileSource(settings_cls)


class Settings(_EnvironmentSettings):
    """Everything the service is told from outside."""

    telegram_bot_token: BotToken
    telegram_api_url: AnyHttpUrl = AnyHttpUrl("https://api.telegram.org")
    amqp_url: AmqpUrl
    redis_url: RedisUrl
    mongodb_uri: MongodbUri
    mongodb_database: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,38}$")]
    admin_api_url: AnyHttpUrl
    admin_api_token: SecretStr
    request_signing_key: SigningKey | None = None
    updates_mode: Literal["polling", "webhook"] = "polling"
    webhook_url: AnyHttpUrl | None = None
    webhook_secret: WebhookSecret | None = None
    listen_host: str = "127.0.0.1"
    listen_port: Annotated[int, Field(ge=1, le=65535)] = 8300
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["json", "console"] = "json"
    test_mode: bool = False
    clock_offset_file: Path | None = None

    @model_validator(mode="after")
    def _webhook_is_whole(self) -> Self:
        if self.updates_mode == "webhook" and (self.webhook_url is None or self.webhook_secret is None):
            raise ValueError("wrong: UPDATES_MODE=webhook needs WEBHOOK_URL and WEBHOOK_SECRET")
        return self

    @property
    def bot_id(self) -> int:
        """The bot's own Telegram id, the token's first part."""
        return int(self.telegram_bot_token.get_secret_value().partition(":")[0])

    @property
    def secrets(self) -> list[str]:
        """Values that must not appear in a log line."""
        values = (
            self.telegram_bot_token,
            self.amqp_url,
            self.redis_url,
            self.mongodb_uri,
            self.admin_api_token,
            self.request_signing_key,
        )
        return [value.get_secret_value() for value in values if value]


class DeadLetterSettings(_EnvironmentSettings):
    """What ``dead_letters`` needs: the bot's own account may neither read dead letters nor write to its queues."""

    amqp_url_operator: AmqpUrl


def load(kind: type[S]) -> S:
    """Read and check ``kind`` from the environment.

    Raises:
        SettingsError: naming every missing or wrong setting in one line.
    """
    try:
        return kind()
    except BadSourceError as error:
        raise SettingsError(str(error.__cause__ or error)) from None
    except ValidationError as error:
        raise SettingsError("; ".join(_describe(item) for item in error.errors(include_input=False))) from None


def _describe(item: Any) -> str:
    name = str(item["loc"][0]).upper() if item["loc"] else "settings"
    complaint = item["msg"].removeprefix("Value error, ").removeprefix("Input ")  # pydantic's beginnings
    return f"{name} is missing" if item["type"] == "missing" else f"{name} {complaint}"
