"""Questionnaires (R9): the draft that staff edit, the versions published from it, and what candidates answered."""

import secrets
from typing import Any

from bson import ObjectId
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_mongodb_backend.fields import ObjectIdField

from common.models import StampedModel
from shared_contracts.questionnaire import ChoiceEffect, QuestionKind

KIND_LABELS = [
    (QuestionKind.TEXT.value, _("text")),
    (QuestionKind.CHOICE.value, _("one of the choices")),
    (QuestionKind.NUMBER.value, _("number")),
    (QuestionKind.CITY.value, _("city")),
    (QuestionKind.FULL_NAME.value, _("full name")),
    (QuestionKind.DATE.value, _("date")),
]
EFFECT_LABELS = [
    (ChoiceEffect.GO_ON.value, _("go on")),
    (ChoiceEffect.CLARIFY.value, _("ask to clarify")),
    (ChoiceEffect.REJECT.value, _("reject politely")),
]
PASSED, REJECTED = "passed", "rejected"
STATUS_LABELS = [(PASSED, _("passed")), (REJECTED, _("rejected"))]
TEXT_LENGTH = 500
LABEL_LENGTH = 60
LAST = 1_000
"""A new row's position: after all others, until the draft is saved and numbered again."""


def new_key() -> str:
    """A key for a question or a choice: it never changes, whatever becomes of the words."""
    return secrets.token_hex(4)


def kind_choices() -> list[tuple[str, Any]]:
    """Named by migrations: a new one needs none."""
    return KIND_LABELS


def effect_choices() -> list[tuple[str, Any]]:
    """Named by migrations: a new one needs none."""
    return EFFECT_LABELS


def status_choices() -> list[tuple[str, Any]]:
    """Named by migrations: a new one needs none."""
    return STATUS_LABELS


class Questionnaire(StampedModel):
    """A questionnaire's draft. ``published_version``: the version that candidates are asked now, if there is one."""

    title_ru = models.CharField(_("title, Russian"), max_length=120)
    title_en = models.CharField(_("title, English"), max_length=120, blank=True)
    published_version = models.PositiveIntegerField(_("published version"), null=True, editable=False)

    class Meta:
        db_table = "questionnaires"
        verbose_name = _("questionnaire")
        verbose_name_plural = _("questionnaires")

    def __str__(self) -> str:
        return self.title_ru


class Question(StampedModel):
    """A question of a draft. The bounds mean what ``shared_contracts.questionnaire.Question`` says."""

    questionnaire_id: ObjectId
    asked_if_choice_id: ObjectId | None

    questionnaire = models.ForeignKey(Questionnaire, models.CASCADE, related_name="questions")
    position = models.PositiveIntegerField(_("position"), default=LAST)
    key = models.CharField(max_length=24, default=new_key, editable=False)
    kind = models.CharField(_("answer"), max_length=16, choices=kind_choices, default=QuestionKind.TEXT.value)
    text_ru = models.CharField(_("question, Russian"), max_length=TEXT_LENGTH)
    text_en = models.CharField(_("question, English"), max_length=TEXT_LENGTH, blank=True)
    hint_ru = models.CharField(_("hint, Russian"), max_length=TEXT_LENGTH, blank=True)
    hint_en = models.CharField(_("hint, English"), max_length=TEXT_LENGTH, blank=True)
    example_ru = models.CharField(_("example, Russian"), max_length=TEXT_LENGTH, blank=True)
    example_en = models.CharField(_("example, English"), max_length=TEXT_LENGTH, blank=True)
    optional = models.BooleanField(_("may be skipped"), default=False)
    least = models.IntegerField(_("at least"), null=True, blank=True)
    most = models.IntegerField(_("at most"), null=True, blank=True)
    earliest = models.DateField(_("not before"), null=True, blank=True)
    latest = models.DateField(_("not after"), null=True, blank=True)
    reject_below = models.IntegerField(_("reject below"), null=True, blank=True)
    reject_above = models.IntegerField(_("reject above"), null=True, blank=True)
    reject_reason_ru = models.CharField(_("what the rejected read, Russian"), max_length=TEXT_LENGTH, blank=True)
    reject_reason_en = models.CharField(_("what the rejected read, English"), max_length=TEXT_LENGTH, blank=True)
    asked_if_choice = models.ForeignKey(
        "Choice", models.PROTECT, null=True, blank=True, related_name="leads_to", verbose_name=_("only if answered")
    )

    class Meta:
        db_table = "questions"
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        indexes = [models.Index(fields=["questionnaire", "position"], name="questions_order")]

    def __str__(self) -> str:
        return self.text_ru


class Choice(StampedModel):
    """One of the answers a question offers. Its text is the question that clarifies, or the reason of the rejection."""

    question_id: ObjectId

    question = models.ForeignKey(Question, models.CASCADE, related_name="choices")
    position = models.PositiveIntegerField(_("position"), default=LAST)
    key = models.CharField(max_length=24, default=new_key, editable=False)
    label_ru = models.CharField(_("button, Russian"), max_length=LABEL_LENGTH)
    label_en = models.CharField(_("button, English"), max_length=LABEL_LENGTH, blank=True)
    effect = models.CharField(_("then"), max_length=16, choices=effect_choices, default=ChoiceEffect.GO_ON.value)
    text_ru = models.CharField(_("text, Russian"), max_length=TEXT_LENGTH, blank=True)
    text_en = models.CharField(_("text, English"), max_length=TEXT_LENGTH, blank=True)

    class Meta:
        db_table = "question_choices"
        verbose_name = _("choice")
        verbose_name_plural = _("choices")
        indexes = [models.Index(fields=["question", "position"], name="question_choices_order")]

    def __str__(self) -> str:
        return self.label_ru


class QuestionnaireVersion(StampedModel):
    """What was published, for good: a candidate midway finishes the version begun.

    ``content`` is the JSON of ``shared_contracts.questionnaire.QuestionnaireView``.
    """

    questionnaire_id: ObjectId

    questionnaire = models.ForeignKey(Questionnaire, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("version"))
    published_at = models.DateTimeField(_("published"))
    published_by = models.CharField(_("by"), max_length=150)
    content = models.TextField()

    class Meta:
        db_table = "questionnaire_versions"
        verbose_name = _("version of a questionnaire")
        verbose_name_plural = _("versions of questionnaires")
        indexes = [models.Index(fields=["questionnaire", "-number"], name="questionnaire_versions_list")]
        constraints = [
            models.UniqueConstraint(fields=["questionnaire", "number"], name="questionnaire_versions_once"),
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Only a new one."""
        if not self._state.adding:
            raise TypeError("a published version never changes; publish another one")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Refused."""
        raise TypeError("a published version is never deleted: someone may be answering it")


class QuestionnaireAnswers(StampedModel):
    """What a candidate answered, once they came to an end.

    ``current``: the one that counts for the candidate and the interview event; the others are history. ``answers``
    are pairs of question and answer as people read them (``shared_contracts.card.CardAnswer``), ``raw`` the answers
    as they came. Names are as they were then, so that lists and searches never join.
    """

    candidate_id: Any = ObjectIdField()
    telegram_id = models.BigIntegerField(_("Telegram id"))
    event_id: Any = ObjectIdField()
    questionnaire_id: Any = ObjectIdField()
    version = models.PositiveIntegerField(_("version"))
    status = models.CharField(_("result"), max_length=16, choices=status_choices)
    current = models.BooleanField(_("counts"))
    answers: Any = models.JSONField()
    raw: Any = models.JSONField()
    reason: Any = models.JSONField(null=True)
    answered_at = models.DateTimeField(_("answered"))
    person = models.CharField(_("candidate"), max_length=200)
    event = models.CharField(_("interview event"), max_length=120)
    search = models.CharField(max_length=300)

    class Meta:
        db_table = "questionnaire_answers"
        verbose_name = _("answers to a questionnaire")
        verbose_name_plural = _("answers to questionnaires")
        indexes = [
            # The unique index is partial, which other look-ups can't use.
            models.Index(fields=["candidate_id", "current", "event_id"], name="answers_current"),
            models.Index(fields=["candidate_id", "answered_at", "id"], name="answers_person"),
            models.Index(fields=["answered_at", "id"], name="answers_time"),
            models.Index(fields=["status", "answered_at", "id"], name="answers_status"),
            models.Index(fields=["event_id", "answered_at", "id"], name="answers_event"),
            models.Index(fields=["current", "answered_at", "id"], name="answers_counting"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["candidate_id", "event_id"], condition=Q(current=True), name="answers_one_current"
            ),
        ]

    def __str__(self) -> str:
        return self.person

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Refused: answers are written by ``questionnaires.services.answering``."""
        raise TypeError("answers are stored by questionnaires.services.answering")
