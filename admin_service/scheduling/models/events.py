"""Interview events: what candidates sign up for, and its rules."""

from bson import ObjectId
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from common.models import NameField, StampedModel
from questionnaires.models import Questionnaire

DEFAULT_CUTOFF_MINUTES = 120  # FR6 and FR9
DEFAULT_REMINDER_MINUTES = 120


class InterviewEvent(StampedModel):
    """What people sign up for, with its rules: what comes before a slot, who approves, how late one may do what.

    The quick flow (the next slots at once) and the recruiting flow are settings of the same rules.
    """

    questionnaire_id: ObjectId | None

    title = NameField(_("title"), max_length=120)
    description = models.TextField(
        _("description, Russian"),
        max_length=2_000,
        blank=True,
        help_text=_("Where there is but one language, everyone reads that."),
    )
    description_en = models.TextField(_("description, English"), max_length=2_000, blank=True)
    bring = models.TextField(
        _("what to bring, Russian"),
        max_length=300,
        blank=True,
        help_text=_("Shown with the slot, in the reminders and wherever a message names it."),
    )
    bring_en = models.TextField(_("what to bring, English"), max_length=300, blank=True)
    is_open = models.BooleanField(_("open for sign-up"), default=True)
    questionnaire = models.ForeignKey(
        Questionnaire, models.PROTECT, null=True, blank=True, verbose_name=_("a questionnaire comes first")
    )
    chooses_recruiter = models.BooleanField(_("the candidate chooses a recruiter"), default=False)
    approval_required = models.BooleanField(_("a recruiter approves each request"), default=False)
    reminder_minutes = models.PositiveIntegerField(
        _("the recruiter is reminded, minutes before a request expires"),
        default=DEFAULT_REMINDER_MINUTES,
        validators=[MinValueValidator(5), MaxValueValidator(24 * 60)],
    )
    booking_cutoff_minutes = models.PositiveIntegerField(
        _("closes for booking, minutes before the start"),
        default=DEFAULT_CUTOFF_MINUTES,
        validators=[MaxValueValidator(7 * 24 * 60)],
    )
    move_cutoff_minutes = models.PositiveIntegerField(
        _("may be moved until, minutes before the start"),
        default=DEFAULT_CUTOFF_MINUTES,
        validators=[MaxValueValidator(7 * 24 * 60)],
    )
    cancel_cutoff_minutes = models.PositiveIntegerField(
        _("may be cancelled until, minutes before the start"),
        default=0,
        validators=[MaxValueValidator(7 * 24 * 60)],
    )
    pending_hours = models.PositiveIntegerField(
        _("a request waits for approval, hours"),
        default=24,
        validators=[MinValueValidator(1), MaxValueValidator(240)],
    )
    move_limit = models.PositiveIntegerField(_("how many moves (empty: any number)"), null=True, blank=True)

    class Meta:
        db_table = "interview_events"
        verbose_name = _("interview event")
        verbose_name_plural = _("interview events")

    def __str__(self) -> str:
        return self.title
