"""Who Slotdesk knows: recruiters, candidates, their invitations."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from bson import ObjectId
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django_mongodb_backend.fields import ArrayField, ObjectIdField

from common import clock
from common.indexes import BEFORE_ALL
from common.models import NameField, PersonNameField, StampedModel
from common.texts.lengths import TelegramLength
from common.texts.names import search_words, shown_name
from people.models.places import LINK_LENGTH, City, LinkField
from shared_contracts.dialog import Role
from shared_contracts.fields import LARGEST_TELEGRAM_ID, is_line, is_username
from shared_contracts.telegram.names import clean_name

NAME_LENGTH, USERNAME_LENGTH, LANGUAGE_LENGTH = 64, 32, 16
"""Telegram: names have at most 64 characters."""
TAG_LENGTH, MOST_TAGS = 32, 20
"""Of one person."""

telegram_id_limits = [MinValueValidator(1), MaxValueValidator(LARGEST_TELEGRAM_ID)]


def check_username(username: str) -> None:
    """Refuse what can't be a person's username: the contract's own rule."""
    if not is_username(username):
        raise ValidationError(_("A username has 4–32 letters, digits or _. Type @name, name or https://t.me/name."))


def clean_tag(text: str) -> str:
    """A tag as it is kept: small letters, so that one thing is not noted under two names; empty where there is none."""
    return clean_name(text).lower()


def check_tags(tags: Sequence[str]) -> None:
    """Refuse what can't be told apart in a list with commas, and more than can be read at a glance."""
    for tag in tags:
        if not is_line(tag) or tag != clean_tag(tag) or not tag or "," in tag or ";" in tag:
            raise ValidationError(_("“%(tag)s” can't be a tag: one line, without commas.") % {"tag": tag[:TAG_LENGTH]})
        TelegramLength(TAG_LENGTH)(tag)
    if len(tags) > MOST_TAGS:
        raise ValidationError(_("A person has %(most)s tags at most.") % {"most": MOST_TAGS})


TAKEN_OVER = models.Q(merged_into__gt=ObjectId("0" * 24))
"""Any id at all: what a partial index can tell from null by."""
REVOKED = models.Q(revoked_at__gt=BEFORE_ALL)
"""Any moment at all."""


class Person(StampedModel):
    """Someone who comes through Telegram. ``telegram_id`` is empty until they do, then theirs for good (R10).

    ``awaited_username``: the username in lower case (Telegram's are case-insensitive) while the entry waits for its
    first contact, else null. Being the field that is looked up, it makes what has been bound, or taken off the list,
    nobody's: not even whoever has that username later. ``LET_IN`` names the field by which staff let a person in.
    ``language``: the one they chose in chat, ``language_at`` when; empty where Telegram's ``language_code`` counts.
    """

    LET_IN: ClassVar[str]

    # Typed as there, which it is for whoever chat or a booking leads to; those still awaited are told by ``is None``.
    telegram_id: "models.BigIntegerField[int | str | None, int]" = models.BigIntegerField(  # type: ignore[misc]
        _("Telegram id"), null=True, blank=True, unique=True, validators=telegram_id_limits
    )
    username = models.CharField(_("username"), max_length=USERNAME_LENGTH, blank=True, validators=[check_username])
    awaited_username = models.CharField(max_length=USERNAME_LENGTH, null=True, unique=True, editable=False)
    language_code = models.CharField(
        _("Telegram language"), max_length=LANGUAGE_LENGTH, blank=True, default="", editable=False
    )
    language = models.CharField(_("chosen language"), max_length=2, blank=True, default="", editable=False)
    language_at = models.DateTimeField(null=True, blank=True, editable=False)

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
    """Someone who holds interviews. Without ``telegram_id``, and until they have started the bot (``started_at``), they
    are reached by hand (R4).

    ``deputy`` may answer the requests they leave unanswered. ``calendar_token_hash``: of what opens their calendar,
    null where nobody may read it; ``calendar_salt``: what it was made from, with the service's key (see
    ``people.services.calendar_links``).
    """

    LET_IN = "is_active"

    city_id: ObjectId | None
    deputy_id: ObjectId | None

    name = NameField(_("name"), max_length=100)
    city = models.ForeignKey(City, models.PROTECT, null=True, blank=True, verbose_name=_("city"))
    contact_url = LinkField(_("contact link"), max_length=LINK_LENGTH, blank=True)
    deputy = models.ForeignKey("self", models.PROTECT, null=True, blank=True, verbose_name=_("deputy"))
    is_active = models.BooleanField(_("active"), default=True)
    started_at = models.DateTimeField(_("started the bot"), null=True, blank=True, editable=False)
    blocked_at = models.DateTimeField(_("can't be reached since"), null=True, blank=True, editable=False)
    calendar_token_hash = models.CharField(max_length=64, null=True, editable=False)
    calendar_salt = models.CharField(max_length=43, blank=True, default="", editable=False)

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
    ``privacy_version``: the newest privacy text that they have agreed to.
    ``merged_into``: the entry that has taken over what belonged to this one, which is off the list for good;
    ``merged_ids``: those that this one has taken over.
    ``tags``: what staff have noted them under, by ``clean_tag``, each once and in order of the alphabet.
    ``words``: what they are found by (``name_words``).
    """

    LET_IN = "is_allowed"

    city_id: ObjectId | None

    first_name = PersonNameField(_("first name"), max_length=NAME_LENGTH, blank=True)
    last_name = PersonNameField(_("last name"), max_length=NAME_LENGTH, blank=True)
    city = models.ForeignKey(City, models.PROTECT, null=True, blank=True, verbose_name=_("city"), db_index=False)
    telegram_name = models.CharField(_("name in Telegram"), max_length=130, blank=True, default="", editable=False)
    is_allowed = models.BooleanField(_("on the allow list"), default=True)
    tags: Any = ArrayField(
        models.CharField(max_length=TAG_LENGTH),
        verbose_name=_("tags"),
        default=list,
        blank=True,
        validators=[check_tags],
    )
    merged_into: Any = ObjectIdField(null=True, editable=False)
    merged_ids: Any = ArrayField(ObjectIdField(), default=list, editable=False)
    privacy_version = models.BigIntegerField(null=True, blank=True, editable=False)
    privacy_accepted_at = models.DateTimeField(_("agreed to the privacy text"), null=True, blank=True, editable=False)
    started_at = models.DateTimeField(_("started the bot"), null=True, blank=True, editable=False)
    blocked_at = models.DateTimeField(_("blocked the bot"), null=True, blank=True, editable=False)
    chat_seen_at = models.DateTimeField(null=True, blank=True, editable=False)
    listed_at = models.DateTimeField(default=clock.now, editable=False)
    decisions = models.BigIntegerField(default=0, editable=False)
    words: Any = ArrayField(models.CharField(max_length=130), default=list, editable=False)

    class Meta:
        db_table = "users"
        verbose_name = _("candidate")
        verbose_name_plural = _("candidates")
        indexes = [
            # The unique indexes are partial, which equality look-ups can't use.
            models.Index(fields=["telegram_id", "id"], name="users_telegram"),
            models.Index(fields=["awaited_username"], name="users_awaited"),
            models.Index(fields=["listed_at", "id"], name="users_listed"),
            models.Index(fields=["is_allowed", "city", "id"], name="users_audience"),
            models.Index(fields=["is_allowed", "city", "blocked_at", "started_at", "id"], name="users_reach"),
            # How far those who were added lately have come: read from the index alone.
            models.Index(fields=["created_at", "city", "started_at", "merged_into", "id"], name="users_added"),
            # The desk's list.
            models.Index(fields=["first_name", "id"], name="users_name"),
            models.Index(fields=["city", "telegram_id", "id"], name="users_city"),
            models.Index(fields=["is_allowed", "telegram_id", "id"], name="users_on_list"),
            models.Index(fields=["words"], name="users_words"),
            models.Index(fields=["tags", "telegram_id", "id"], name="users_tags"),
            # Partial: of the few entries that it is about, and nothing to keep for all others.
            models.Index(fields=["telegram_id", "id"], name="users_taken_over", condition=TAKEN_OVER),
        ]

    def __str__(self) -> str:
        return shown_name(self.first_name, self.last_name, self.username, self.telegram_id)

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        """As Django's; ``words`` follow."""
        self.words = name_words(self.__dict__)
        if update_fields is not None:
            update_fields = {*update_fields, "words"}
        super().save(*args, update_fields=update_fields, **kwargs)

    def clean(self) -> None:
        """A name, or a username to await; Telegram's own name comes with the person then."""
        if not self.first_name and not self.username:
            raise ValidationError({"first_name": _("This field is required.")})


def name_words(person: Mapping[str, Any]) -> list[str]:
    """What ``Candidate.words`` must be, of a candidate's document."""
    return search_words(*(person.get(name) or "" for name in ("first_name", "last_name", "username", "telegram_name")))


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
            models.Index(fields=["created_at", "id"], name="invitations_age"),
            models.Index(fields=["role", "created_at", "id"], name="invitations_role"),
            models.Index(fields=["created_at", "id"], name="invitations_revoked", condition=REVOKED),
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
