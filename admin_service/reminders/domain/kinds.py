"""The catalogue of reminder kinds: everything that is true of a kind, said once.

A new kind is a member of ``ReminderKind`` and its entry in ``SPECS``; sets, defaults, dispatch, labels and what a rule
may say follow from it. What is particular to it (when exactly it is due, when it has become untrue) is a function in
``planning`` or ``judging``; what a candidate reads is a message template (``message_templates``).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import Enum, StrEnum, auto

from common.texts.translation import to_translate as _
from shared_contracts.card import CardOccasion
from shared_contracts.directory import BookingStatus
from shared_contracts.notification import NotificationKind


class ReminderKind(StrEnum):
    """What a scheduled message is: its value is stored, and is part of addresses."""

    DAY_OF = "day_of"
    EVENING_BEFORE = "evening_before"
    TWO_HOURS = "two_hours"
    NO_SHOW = "no_show"
    RECRUITER_ABSENT = "recruiter_absent"
    NO_ANSWER = "no_answer"
    OUTCOME_DUE = "outcome_due"
    CHANGE = "change"
    DELAY = "delay"
    TOMORROW = "tomorrow"
    STAFF_SUMMARY = "staff_summary"


class Audience(Enum):
    """Who reads a message."""

    CANDIDATE = auto()
    RECRUITER = auto()
    STAFF = auto()


class Role(Enum):
    """What causes a message, and what makes it needless."""

    REMINDER = auto()
    """Planned from a booking's time, for its candidate, as long as it stands; several due together become one."""
    FOLLOW_UP = auto()
    """Planned from a booking's time, for its recruiter."""
    SECOND_CHANCE = auto()
    """Another time, offered after the interview was marked as missed."""
    CHANGE = auto()
    """Tells that a booking has changed. It stays true."""
    LIST = auto()
    """About no single booking: put down when its time has come."""


@dataclass(frozen=True, slots=True)
class ReminderSpec:
    """What is true of a reminder kind. Texts are English; where they are shown they are translated.

    Attributes:
        label: the kind's name.
        hint: to whom it goes and what is special about it, for who sets its time.
        usual: without a rule it goes out at this clock time (of the reader's city), or so long before or after
            something.
        span_text: before or after what, for kinds with a span; ``%(span)s`` is the span.
        at_once_text: the same for a span of nothing.
        limits: the least and the most minutes that a rule may give, for kinds with a span.
        may_name_event, may_name_city: whether a rule can be for one interview event, for one city.
        needless_once_answered: whether it is of no use once the candidate has said whether they come.
        notification: the kind of message that a candidate gets; on an earlier day than the interview's
            ``notification_before``, if there is one.
        after: the mark that a second chance follows, and ends with.
        once_per_event: whether a candidate gets this second chance once in an interview event.
        tells: of a change: what recruiters hear of by it.
        urgent_within: so shortly before the interview, and during it, the reader's quiet hours don't hold it back.
    """

    label: str
    hint: str
    audience: Audience
    role: Role
    usual: time | timedelta
    span_text: str = ""
    at_once_text: str = _("at once")
    limits: tuple[int, int] | None = None
    may_name_event: bool = True
    may_name_city: bool = True
    needless_once_answered: bool = False
    notification: NotificationKind | None = None
    notification_before: NotificationKind | None = None
    after: BookingStatus | None = None
    once_per_event: bool = False
    tells: frozenset[CardOccasion] = frozenset()
    urgent_within: timedelta | None = None

    def waits_for_morning(self, starts_at: datetime, now: datetime) -> bool:
        """Whether the reader's quiet hours hold it back; ``starts_at``: of the interview."""
        return self.urgent_within is None or now < starts_at - self.urgent_within

    def latest_wait(self, starts_at: datetime, morning: datetime) -> datetime:
        """Until when they do: the end of quiet hours, or where the interview is before that, when it gets urgent."""
        late = self.urgent_within is not None and morning >= starts_at
        return starts_at - self.urgent_within if self.urgent_within and late else morning

    @property
    def by_the_clock(self) -> bool:
        """Whether it goes out at a time of day, rather than so long before or after something."""
        return isinstance(self.usual, time)


_HOUR = 60

SPECS: Mapping[ReminderKind, ReminderSpec] = {
    ReminderKind.DAY_OF: ReminderSpec(
        label=_("Reminder on the day"),
        hint=_("To the candidate, on the clocks of the interview's city."),
        audience=Audience.CANDIDATE,
        role=Role.REMINDER,
        usual=time(11),
        notification=NotificationKind.REMINDER_TODAY,
        notification_before=NotificationKind.REMINDER_TOMORROW,
    ),
    ReminderKind.EVENING_BEFORE: ReminderSpec(
        label=_("Reminder the evening before"),
        hint=_(
            "Instead of the reminder on the day, for early interviews: before 11:30, if that is sent at its usual time."
        ),
        audience=Audience.CANDIDATE,
        role=Role.REMINDER,
        usual=time(18),
        notification=NotificationKind.REMINDER_TODAY,
        notification_before=NotificationKind.REMINDER_TOMORROW,
    ),
    ReminderKind.TWO_HOURS: ReminderSpec(
        label=_("Will you come?"),
        hint=_("To the candidate, with the buttons: I'll come, can't come, another time please."),
        audience=Audience.CANDIDATE,
        role=Role.REMINDER,
        usual=timedelta(hours=2),
        span_text=_("%(span)s before the start"),
        limits=(30, 24 * _HOUR),
        needless_once_answered=True,
        notification=NotificationKind.REMINDER_SOON,
    ),
    ReminderKind.NO_SHOW: ReminderSpec(
        label=_("Did not come: another time"),
        hint=_("To the candidate, once. The recruiter has this long to take the mark back."),
        audience=Audience.CANDIDATE,
        role=Role.SECOND_CHANCE,
        usual=timedelta(minutes=15),
        span_text=_("%(span)s after the mark"),
        limits=(0, 24 * _HOUR),
        notification=NotificationKind.NO_SHOW,
        after=BookingStatus.NO_SHOW,
        once_per_event=True,
    ),
    ReminderKind.RECRUITER_ABSENT: ReminderSpec(
        label=_("The recruiter was absent: another time"),
        hint=_("To the candidate. The recruiter has this long to take the mark back."),
        audience=Audience.CANDIDATE,
        role=Role.SECOND_CHANCE,
        usual=timedelta(minutes=15),
        span_text=_("%(span)s after the mark"),
        limits=(0, 24 * _HOUR),
        notification=NotificationKind.RECRUITER_ABSENT,
        after=BookingStatus.RECRUITER_ABSENT,
    ),
    ReminderKind.NO_ANSWER: ReminderSpec(
        label=_("Recruiter: no answer from the candidate"),
        hint=_("To the recruiter, when the candidate has not said whether they come."),
        audience=Audience.RECRUITER,
        role=Role.FOLLOW_UP,
        usual=timedelta(hours=1),
        span_text=_("%(span)s before the start"),
        limits=(10, 12 * _HOUR),
        needless_once_answered=True,
    ),
    ReminderKind.OUTCOME_DUE: ReminderSpec(
        label=_("Recruiter: how did it go?"),
        hint=_("To the recruiter, with buttons for the outcome."),
        audience=Audience.RECRUITER,
        role=Role.FOLLOW_UP,
        usual=timedelta(),
        span_text=_("%(span)s after the end"),
        at_once_text=_("right after the end"),
        limits=(0, 24 * _HOUR),
    ),
    ReminderKind.CHANGE: ReminderSpec(
        label=_("Recruiter: something changed"),
        hint=_("To the recruiter: a booking was made, moved or cancelled."),
        audience=Audience.RECRUITER,
        role=Role.CHANGE,
        usual=timedelta(),
        span_text=_("%(span)s after the change"),
        limits=(0, 2 * _HOUR),
        tells=frozenset(
            {
                *(CardOccasion.BOOKED, CardOccasion.MOVED, CardOccasion.CHANGED, CardOccasion.CANCELLED),
                *(CardOccasion.CANT_COME, CardOccasion.RESCHEDULE_ASKED, CardOccasion.OFFER_DECLINED),
                CardOccasion.HANDED_OVER,
            }
        ),
    ),
    ReminderKind.DELAY: ReminderSpec(
        label=_("Recruiter: the candidate will be late"),
        hint=_("To the recruiter; from two hours before the interview on also at night."),
        audience=Audience.RECRUITER,
        role=Role.CHANGE,
        usual=timedelta(),
        span_text=_("%(span)s after the change"),
        limits=(0, 5),
        tells=frozenset({CardOccasion.DELAY}),
        urgent_within=timedelta(hours=2),
    ),
    ReminderKind.TOMORROW: ReminderSpec(
        label=_("Recruiter: tomorrow's interviews"),
        hint=_("To every recruiter who has interviews tomorrow, on the clocks of their city."),
        audience=Audience.RECRUITER,
        role=Role.LIST,
        usual=time(18),
        may_name_event=False,
    ),
    ReminderKind.STAFF_SUMMARY: ReminderSpec(
        label=_("Staff: the day in numbers"),
        hint=_("To staff's chat, Moscow time."),
        audience=Audience.STAFF,
        role=Role.LIST,
        usual=time(18, 30),
        may_name_event=False,
        may_name_city=False,
    ),
}
"""Every kind, in the order in which the desk lists them."""


def _of_role(*roles: Role) -> frozenset[ReminderKind]:
    return frozenset(kind for kind, spec in SPECS.items() if spec.role in roles)


TO_CANDIDATES = frozenset(kind for kind, spec in SPECS.items() if spec.audience is Audience.CANDIDATE)
REMINDERS = _of_role(Role.REMINDER)
PLANNED = _of_role(Role.REMINDER, Role.FOLLOW_UP)
"""Those that follow from a booking's time alone (``planning.plan``)."""
SECOND_CHANCES = _of_role(Role.SECOND_CHANCE)
CHANGES = _of_role(Role.CHANGE)
KIND_THAT_TELLS = {occasion: kind for kind in CHANGES for occasion in SPECS[kind].tells}
LISTS = _of_role(Role.LIST)
