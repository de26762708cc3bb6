"""Who Slotdesk knows: cities, recruiters, candidates, their invitations, and the default contact."""

from collections.abc import Iterable
from typing import Any, ClassVar

from bson import ObjectId
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from common import clock
from common.models import NameField, PersonNameField, StampedModel
from common.texts.names import shown_name
from common.zones import MOSCOW, zone_names
from shared_contracts.dialog import Role
from shared_contracts.fields import LARGEST_TELEGRAM_ID, is_username, to_link

NAME_LENGTH, USERNAME_LENGTH, LANGUAGE_LENGTH = 64, 32, 16
"""Telegram: names have at most 64 characters."""
LINK_LENGTH = 200

telegram_id_limits = [MinValueValidator(1), MaxValueValidator(LARGEST_TELEGRAM_ID)]


def check_link(url: str) -> None:
    """Refuse what Telegram would not take as a button's link: the contract's own rule."""
    try:
        to_link(url)
    except ValueError:
        raise ValidationError(_("Give a link such as https://t.me/name.")) from None


def check_username(username: str) -> None:
    """Refuse what can't be a person's username: the contract's own rule."""
    if not is_username(username):
        raise ValidationError(_("Telegram usernames have 4–32 letters, digits or _, no @."))


class LinkField(models.CharField):  # type: ignore[type-arg]
    """A link that leads into a chat, its scheme in lower case, however it was typed."""

    default_validators = [check_link]

    def to_python(self, value: Any) -> Any:
        """As it is stored and sent."""
        text = super().to_python(value)
        try:
            return to_link(text) if text else text
        except ValueError:
            return text  # the validator says so


def check_map_link(url: str) -> None:
    """Refuse what a browser can't open."""
    try:
        web = to_link(url).startswith("http")
    except ValueError:
        web = False
    if not web:
        raise ValidationError(_("Give the link that the map's Share button makes."))


class MapLinkField(LinkField):
    """A link to a place on a map."""

    default_validators = [check_map_link]


def check_time_zone(name: str) -> None:
    """Refuse what is not an IANA time zone, or one that depends on the machine (``localtime``, ``Factory``)."""
    if name not in zone_names() or not ("/" in name or name == "UTC"):
        raise ValidationError(
            _("“%(name)s” is not a time zone. Give one such as Europe/Moscow."), params={"name": name}
        )


class City(StampedModel):
    """A city, its time zone, and the responsible person's link (FR7). Of one that is closed nothing is offered."""

    name = NameField(_("name"), max_length=100, unique=True)
    timezone = models.CharField(_("time zone"), max_length=64, default=MOSCOW, validators=[check_time_zone])
    contact_url = LinkField(_("contact link"), max_length=LINK_LENGTH, blank=True)
    is_active = models.BooleanField(_("open"), default=True, editable=False)

    class Meta:
        db_table = "cities"
        verbose_name = _("city")
        verbose_name_plural = _("cities")

    def __str__(self) -> str:
        return self.name


class Office(StampedModel):
    """A place that interviews are held at, and the way there. ``location`` is what people are told.

    One that is closed can't be chosen for new slots.
    """

    city_id: ObjectId

    city = models.ForeignKey(City, models.PROTECT, verbose_name=_("city"))
    name = models.CharField(_("name"), max_length=40)
    address = models.CharField(_("address"), max_length=78)
    map_link = MapLinkField(_("map link"), max_length=LINK_LENGTH, blank=True)
    directions = models.CharField(
        _("how to find it"), max_length=200, blank=True, help_text=_("Such as: entrance from the yard, second floor.")
    )
    is_active = models.BooleanField(_("open"), default=True, editable=False)

    class Meta:
        db_table = "offices"
        verbose_name = _("office")
        verbose_name_plural = _("offices")
        constraints = [models.UniqueConstraint(fields=["city", "name"], name="offices_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def location(self) -> str:
        """Name and address in one line, as long as a slot's location may be."""
        return f"{self.name}, {self.address}"


class Person(StampedModel):
    """Someone who comes through Telegram. ``telegram_id`` is empty until they do, then theirs for good (R10).

    ``awaited_username``: the username in lower case (Telegram's are case-insensitive) while the entry waits for its
    first contact, else null. Being the field that is looked up, it makes what has been bound, or taken off the list,
    nobody's: not even whoever has that username later. ``LET_IN`` names the field by which staff let a person in.
    """

    LET_IN: ClassVar[str]

    # Typed as there, which it is for whoever chat or a booking leads to; those still awaited are told by ``is None``.
    telegram_id: "models.BigIntegerField[int | str | None, int]" = models.BigIntegerField(  # type: ignore[misc]
        _("Telegram id"), null=True, blank=True, unique=True, validators=telegram_id_limits
    )
    username = models.CharField(_("username"), max_length=USERNAME_LENGTH, blank=True, validators=[check_username])
    awaited_username = models.CharField(max_length=USERNAME_LENGTH, null=True, unique=True, editable=False)

    class Meta:
        abstract = True

    @property
    def is_let_in(self) -> bool:
        """Whether the bot serves them: on the allow list, or active."""
        return bool(getattr(self, self.LET_IN))

    def awaits(self) -> str | None:
        """What ``awaited_username`` must be."""
        return self.username.lower() or None if self.telegram_id is None and self.is_let_in else None

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        """As Django's; ``awaited_username`` follows."""
        self.awaited_username = self.awaits()
        if update_fields is not None:
            update_fields = {*update_fields, "awaited_username"}
        super().save(*args, update_fields=update_fields, **kwargs)


class Recruiter(Person):
    """Someone who holds interviews. Without ``telegram_id`` they are reached by hand (R4).

    ``deputy`` may answer the requests they leave unanswered. ``calendar_token_hash``: of what opens their calendar (see
    ``people.services.calendar_links``), null where nobody may read it.
    """

    LET_IN = "is_active"

    city_id: ObjectId | None
    deputy_id: ObjectId | None

    name = NameField(_("name"), max_length=100)
    city = models.ForeignKey(City, models.PROTECT, null=True, blank=True, verbose_name=_("city"))
    contact_url = LinkField(_("contact link"), max_length=LINK_LENGTH, blank=True)
    deputy = models.ForeignKey("self", models.PROTECT, null=True, blank=True, verbose_name=_("deputy"))
    is_active = models.BooleanField(_("active"), default=True)
    blocked_at = models.DateTimeField(_("can't be reached since"), null=True, blank=True, editable=False)
    calendar_token_hash = models.CharField(max_length=64, null=True, editable=False)

    class Meta:
        db_table = "recruiters"
        verbose_name = _("recruiter")
        verbose_name_plural = _("recruiters")
        indexes = [
            # The unique indexes are partial, which equality look-ups can't use.
            models.Index(fields=["telegram_id"], name="recruiter_telegram"),
            models.Index(fields=["awaited_username"], name="recruiter_awaited"),
            models.Index(fields=["calendar_token_hash"], name="recruiter_calendar"),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Nobody stands in for themselves."""
        if self.deputy_id and self.deputy_id == self.pk:
            raise ValidationError({"deputy": _("Choose someone else: nobody is their own deputy.")})


class Candidate(Person):
    """An entry of the allow list (FR2), the brief's ``users``.

    ``telegram_name``: what they call themselves there, as they last wrote; their name follows it where nobody has put
    down another.
    ``listed_at`` moves when what the bot may see of the entry changes, so that it can follow changes.
    ``chat_seen_at``: when the newest of the chat's reports was written, so that an older one that comes late is
    dropped. ``decisions`` counts the batches that touched the person: two transactions about one person conflict on it.
    """

    LET_IN = "is_allowed"

    city_id: ObjectId | None

    first_name = PersonNameField(_("first name"), max_length=NAME_LENGTH, blank=True)
    last_name = PersonNameField(_("last name"), max_length=NAME_LENGTH, blank=True)
    city = models.ForeignKey(City, models.PROTECT, null=True, blank=True, verbose_name=_("city"))
    telegram_name = models.CharField(_("name in Telegram"), max_length=130, blank=True, default="", editable=False)
    is_allowed = models.BooleanField(_("on the allow list"), default=True)
    note = models.CharField(_("note"), max_length=500, blank=True)
    language_code = models.CharField(_("Telegram language"), max_length=LANGUAGE_LENGTH, blank=True, editable=False)
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
            # The unique indexes are partial, which equality look-ups can't use.
            models.Index(fields=["telegram_id"], name="users_telegram"),
            models.Index(fields=["awaited_username"], name="users_awaited"),
            models.Index(fields=["listed_at", "id"], name="users_listed"),
            models.Index(fields=["is_allowed", "city", "id"], name="users_audience"),
        ]

    def __str__(self) -> str:
        return shown_name(self.first_name, self.last_name, self.username, self.telegram_id)

    def clean(self) -> None:
        """A name, or a username to await; Telegram's own name comes with the person then."""
        if not self.first_name and not self.username:
            raise ValidationError({"first_name": _("This field is required.")})


class InvitationState(models.TextChoices):
    """Whether a link can still be used, and if not, why."""

    WAITING = "waiting", _("waiting")
    USED = "used", _("used")
    EXPIRED = "expired", _("expired")
    REVOKED = "revoked", _("revoked")


def invited_role_choices() -> list[tuple[str, Any]]:
    """Named by migrations: a new one needs none."""
    return [(Role.CANDIDATE.value, _("candidate")), (Role.RECRUITER.value, _("recruiter"))]


class Invitation(StampedModel):
    """A one-time personal link into the chat (R10), for one candidate or one recruiter.

    ``token_hash``: all that is kept of what the link holds (see ``people.services.tokens``). ``name`` is the
    person's when it was made, for lists. ``batch`` groups those made at once.
    """

    candidate_id: ObjectId | None
    recruiter_id: ObjectId | None

    token_hash = models.CharField(max_length=64, unique=True)
    role = models.CharField(
        _("role"),
        max_length=10,
        choices=invited_role_choices,
    )
    candidate = models.ForeignKey(Candidate, models.PROTECT, null=True, verbose_name=_("candidate"))
    recruiter = models.ForeignKey(Recruiter, models.PROTECT, null=True, verbose_name=_("recruiter"))
    name = models.CharField(_("name"), max_length=130)
    note = models.CharField(_("note"), max_length=500, blank=True)
    batch = models.CharField(max_length=32)
    created_by = models.CharField(_("made by"), max_length=150)
    expires_at = models.DateTimeField(_("valid until"))
    revoked_at = models.DateTimeField(_("revoked"), null=True)
    used_at = models.DateTimeField(_("used"), null=True)
    used_by_telegram_id = models.BigIntegerField(_("used by"), null=True)

    class Meta:
        db_table = "invitations"
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        indexes = [
            # The unique index is partial, which equality look-ups can't use.
            models.Index(fields=["token_hash"], name="invitations_token"),
            models.Index(fields=["batch"], name="invitations_batch"),
            models.Index(fields=["created_at"], name="invitations_age"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def state(self) -> InvitationState:
        """As of now."""
        if self.used_at:
            return InvitationState.USED
        if self.revoked_at:
            return InvitationState.REVOKED
        return InvitationState.EXPIRED if self.expires_at <= clock.now() else InvitationState.WAITING


class ContactSettings(StampedModel):
    """The one document of people's settings: whom to ask where a city names nobody (FR7)."""

    contact_url = LinkField(_("default contact link"), max_length=LINK_LENGTH, blank=True)

    class Meta:
        db_table = "contact_settings"
        verbose_name = _("default contact")
        verbose_name_plural = _("default contact")

    def __str__(self) -> str:
        return str(self.contact_url)
