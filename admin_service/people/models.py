"""Who Slotdesk knows: cities, recruiters, candidates, and the default contact."""

from zoneinfo import available_timezones

from bson import ObjectId
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator, URLValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from common import clock
from common.models import StampedModel

MOSCOW = "Europe/Moscow"
LARGEST_TELEGRAM_ID = 2**53 - 1
"""Telegram: ids have at most 52 significant bits; the contracts refuse more."""

contact_link = URLValidator(schemes=["https", "http", "tg"], message=_("Give a link such as https://t.me/name."))
telegram_id_limits = [MinValueValidator(1), MaxValueValidator(LARGEST_TELEGRAM_ID)]
username_form = RegexValidator(r"^[A-Za-z0-9_]{4,32}$", _("Telegram usernames have 4–32 letters, digits or _, no @."))


def check_time_zone(name: str) -> None:
    """Refuse what is not an IANA time zone."""
    if name not in available_timezones():
        raise ValidationError(
            _("“%(name)s” is not a time zone. Give one such as Europe/Moscow."), params={"name": name}
        )


class City(StampedModel):
    """A city, its time zone, and the responsible person's link (FR7)."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    timezone = models.CharField(_("time zone"), max_length=64, default=MOSCOW, validators=[check_time_zone])
    contact_url = models.CharField(_("contact link"), max_length=200, blank=True, validators=[contact_link])

    class Meta:
        db_table = "cities"
        verbose_name = _("city")
        verbose_name_plural = _("cities")

    def __str__(self) -> str:
        return self.name


class Recruiter(StampedModel):
    """Someone who holds interviews. Without ``telegram_id`` they are reached by hand (R4)."""

    city_id: ObjectId | None

    name = models.CharField(_("name"), max_length=100)
    city = models.ForeignKey(City, models.PROTECT, null=True, blank=True, verbose_name=_("city"))
    telegram_id = models.BigIntegerField(_("Telegram id"), null=True, blank=True, validators=telegram_id_limits)
    contact_url = models.CharField(_("contact link"), max_length=200, blank=True, validators=[contact_link])
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        db_table = "recruiters"
        verbose_name = _("recruiter")
        verbose_name_plural = _("recruiters")
        indexes = [models.Index(fields=["telegram_id"], name="recruiter_telegram")]

    def __str__(self) -> str:
        return self.name


class Candidate(StampedModel):
    """An entry of the allow list (FR2), the brief's ``users``.

    ``listed_at`` moves when what the bot may see of the entry changes, so that it can follow changes.
    ``chat_seen_at``: when the newest of the chat's reports was written, so that an older one that comes late is
    dropped. ``decisions`` counts the batches that touched the person: two transactions about one person conflict on it.
    """

    city_id: ObjectId | None

    telegram_id = models.BigIntegerField(_("Telegram id"), unique=True, validators=telegram_id_limits)
    username = models.CharField(_("username"), max_length=32, blank=True, validators=[username_form])
    first_name = models.CharField(_("first name"), max_length=64)
    last_name = models.CharField(_("last name"), max_length=64, blank=True)
    city = models.ForeignKey(City, models.PROTECT, null=True, blank=True, verbose_name=_("city"))
    is_allowed = models.BooleanField(_("on the allow list"), default=True)
    note = models.CharField(_("note"), max_length=500, blank=True)
    language_code = models.CharField(_("Telegram language"), max_length=16, blank=True, editable=False)
    started_at = models.DateTimeField(_("started the bot"), null=True, blank=True, editable=False)
    blocked_at = models.DateTimeField(_("blocked the bot"), null=True, blank=True, editable=False)
    chat_seen_at = models.DateTimeField(null=True, blank=True, editable=False)
    listed_at = models.DateTimeField(default=clock.now, editable=False)
    decisions = models.BigIntegerField(default=0, editable=False)

    class Meta:
        db_table = "users"
        verbose_name = _("candidate")
        verbose_name_plural = _("candidates")
        indexes = [
            # The unique index is partial, which equality look-ups can't use.
            models.Index(fields=["telegram_id"], name="users_telegram"),
            models.Index(fields=["listed_at", "id"], name="users_listed"),
            models.Index(fields=["is_allowed", "city", "id"], name="users_audience"),
        ]

    def __str__(self) -> str:
        return " ".join(filter(None, (self.first_name, self.last_name))) or str(self.telegram_id)


class ContactSettings(StampedModel):
    """The one document of people's settings: whom to ask where a city names nobody (FR7)."""

    contact_url = models.CharField(_("default contact link"), max_length=200, blank=True, validators=[contact_link])

    class Meta:
        db_table = "contact_settings"
        verbose_name = _("default contact")
        verbose_name_plural = _("default contact")

    def __str__(self) -> str:
        return self.contact_url
