"""Slots: times with seats. They change only through their use cases: see ``InterviewSlot.save``."""

from typing import Any

from bson import ObjectId
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django_mongodb_backend.fields import ArrayField, ObjectIdField

from common.models import NameField, StampedModel
from common.texts.language import desk_language
from common.zones import MOSCOW, local, zone_told
from people.models import LINK_LENGTH, City, LinkField, Recruiter
from scheduling.models.events import InterviewEvent
from shared_contracts.fields import URL_LENGTH, to_link
from shared_contracts.texts.clocks import clocks_of

DEFAULT_DURATION_MINUTES = 20  # FR10
LONGEST_MINUTES = 24 * 60


def check_video_link(url: str) -> None:
    """Refuse what no video call has."""
    try:
        safe = to_link(url).startswith("https://")
    except ValueError:
        safe = False
    if not safe:
        raise ValidationError(_("Give the video call's link; it begins with https://."))


class VideoLinkField(LinkField):
    """A link to a video call."""

    default_validators = [check_video_link]


class InterviewSlot(StampedModel):
    """A time at which up to ``max_users`` people can come. ``booked_users`` holds the ids of who has a seat.

    ``office``: the id of the office whose location and way it has; they follow its changes. Empty for any other place.
    """

    event_id: ObjectId
    city_id: ObjectId
    recruiter_id: ObjectId | None

    # Without indexes of their own: those below begin with them, and each that is kept makes slots slower to write.
    event = models.ForeignKey(InterviewEvent, models.PROTECT, db_index=False, verbose_name=_("interview event"))
    city = models.ForeignKey(City, models.PROTECT, db_index=False, verbose_name=_("city"))
    recruiter = models.ForeignKey(
        Recruiter, models.PROTECT, null=True, blank=True, db_index=False, verbose_name=_("recruiter")
    )
    starts_at = models.DateTimeField(_("starts"))
    duration_minutes = models.PositiveIntegerField(
        _("minutes"),
        default=DEFAULT_DURATION_MINUTES,
        validators=[MinValueValidator(1), MaxValueValidator(LONGEST_MINUTES)],
    )
    ends_at = models.DateTimeField(_("ends"), editable=False)
    closes_at = models.DateTimeField(_("closes for booking"), editable=False)
    max_users = models.PositiveIntegerField(
        _("capacity"), default=1, validators=[MinValueValidator(1), MaxValueValidator(1_000)]
    )
    booked_users: Any = ArrayField(ObjectIdField(), default=list, editable=False, verbose_name=_("booked"))
    has_room = models.BooleanField(default=True, editable=False)
    location = NameField(_("location"), max_length=120, blank=True)
    room = NameField(_("room"), max_length=60, blank=True)
    video_link = VideoLinkField(
        _("video link"),
        max_length=URL_LENGTH,
        blank=True,
        help_text=_("Of an online interview, instead of a location. Only those who are booked are shown it."),
    )
    office = models.CharField(_("office"), max_length=24, blank=True)
    map_link = LinkField(_("map link"), max_length=LINK_LENGTH, blank=True, editable=False)
    directions = models.CharField(_("how to find it"), max_length=200, blank=True, editable=False)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        db_table = "interview_slots"
        verbose_name = _("slot")
        verbose_name_plural = _("slots")
        indexes = [
            models.Index(fields=["event", "is_active", "has_room", "starts_at", "id"], name="slots_offered"),
            models.Index(fields=["starts_at", "id"], name="slots_starts"),
            models.Index(fields=["event", "starts_at", "id"], name="slots_event"),
            models.Index(fields=["city", "starts_at", "id"], name="slots_city"),
            models.Index(fields=["recruiter", "starts_at", "id"], name="slots_recruiter"),
            # What says whether they can be booked stands at the end, so that those are counted without reading any.
            models.Index(fields=["is_active", "starts_at", "id", "has_room", "closes_at"], name="slots_active"),
            models.Index(fields=["location", "starts_at", "id"], name="slots_location"),
            models.Index(fields=["room", "starts_at", "id"], name="slots_room"),
            models.Index(fields=["video_link", "starts_at", "id"], name="slots_video_link"),
        ]

    def __str__(self) -> str:
        there = local(self.starts_at, self.city.timezone)
        zone = zone_told(self.starts_at, self.city.timezone, desk_language())
        clocks = f" ({zone})" if clocks_of(self.starts_at, self.city.timezone, MOSCOW, online=False).named else ""
        return f"{there:%d.%m.%Y %H:%M}{clocks} · {self.location or self.video_link}"

    def clean(self) -> None:
        """A slot is held in an office or online."""
        if not self.location and not self.office and not self.video_link:
            raise ValidationError({"location": _("Give a location, or a video link for an online interview.")})
        wrong = [name for name in ("office", "location", "room") if self.video_link and getattr(self, name)]
        if wrong:
            text = _("An online interview has no place: clear this, or the video link.")
            raise ValidationError(dict.fromkeys(wrong, text))

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Make a new slot; change one by ``scheduling.services.editing.slot_edits.edit_slot``."""
        if not self._state.adding:
            raise TypeError(
                "a slot is changed by scheduling.services.editing.slot_edits.edit_slot, which keeps its seats right"
            )
        super().save(*args, **kwargs)
