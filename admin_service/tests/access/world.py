"""One of everything here, in Moscow, and one there, in Kazan, with a login of each role."""

from datetime import timedelta
from typing import Any, TypeVar

from bson import ObjectId
from django.contrib.auth.models import User
from django.db.models import Model
from django.http import HttpRequest
from django.test import Client

from backoffice.models import StaffLogin
from backoffice.services.logins import Post, give_role
from broadcasts.models import AnnouncementChat, Broadcast
from common import clock
from common.models import AuditEntry
from common.mongo import collection
from common.roles import Role
from exports.asking import reach_of
from exports.models import Export
from message_templates.models import MessageTemplate
from message_templates.services.seeding import seed_defaults
from messaging.models import DeadLetter, InboxMessage, OutboxMessage
from people.models import Candidate, City, ContactSettings, Invitation, Office, PrivacySettings, Recruiter
from people.services.invitations import invite
from questionnaires.models import Choice, Question, Questionnaire, QuestionnaireAnswers
from questionnaires.services.publishing import publish, save_draft, save_question
from reminders.models import AutoMessage, ReminderRule, StaffChat
from reminders.services.rules import save_rule
from scheduling.models import Booking, InterviewEvent, InterviewSlot, WaitingEntry
from scheduling.services.staff_commands import book_for
from tests.helpers.staff_client import StaffClient

OWNED: list[type[Model]] = [
    Booking,
    InterviewSlot,
    Candidate,
    Recruiter,
    City,
    WaitingEntry,
    Invitation,
    QuestionnaireAnswers,
    AutoMessage,
    Broadcast,
]
"""What belongs to a city."""
RECRUITERS_OWN: list[type[Model]] = [Booking, InterviewSlot]
"""What a recruiter sees."""

ROLES = ("anonymous", "no role", "recruiter", "read-only", "moscow", "coordinator", "administrator", "superuser")


C = TypeVar("C", bound=Client)
ENGLISH = {"Accept-Language": "en"}


class Place:
    """A city with its people, and what they do there."""

    def __init__(self, name: str, event: InterviewEvent, number: int) -> None:
        self.city = City.objects.create(name=name)
        self.office = Office.objects.create(city=self.city, name=f"Офис {name}", address="Тверская ул., 7")
        self.recruiter = Recruiter.objects.create(
            name=f"Рекрутер {name}", city=self.city, telegram_id=5000 + number, started_at=clock.now()
        )
        self.candidate = Candidate.objects.create(
            first_name=f"Кандидат {name}", telegram_id=1000 + number, city=self.city, started_at=clock.now()
        )
        self.awaited = Candidate.objects.create(first_name=f"Ждём {name}", city=self.city)
        starts_at = clock.now() + timedelta(days=2)
        times = {
            "starts_at": starts_at,
            "ends_at": starts_at + timedelta(minutes=20),
            "closes_at": starts_at - timedelta(hours=2),
        }
        self.slot = InterviewSlot.objects.create(
            event=event, city=self.city, recruiter=self.recruiter, location=f"Офис {name}", max_users=3, **times
        )
        book_for(1000 + number, str(self.slot.pk), actor="anna", reason="")
        self.booking = Booking.objects.get(user_id=self.candidate.pk)
        invite([self.awaited], actor="anna")
        self.broadcast = Broadcast.objects.create(
            event=event, message_text=f"Приходите, {name}", audience="city", audience_city=self.city, started_by="anna"
        )
        self._wait(event)
        self._answer(event)

    def own(self, model: type[Model]) -> Any:
        """The place's one row of a model."""
        rows: dict[type[Model], Any] = {
            Booking: self.booking,
            InterviewSlot: self.slot,
            Candidate: self.candidate,
            Recruiter: self.recruiter,
            City: self.city,
            Office: self.office,
            Broadcast: self.broadcast,
        }
        if found := rows.get(model):
            return found
        about: dict[type[Model], dict[str, Any]] = {
            WaitingEntry: {"city_id": self.city.pk},
            Invitation: {"candidate_id": self.awaited.pk},
            QuestionnaireAnswers: {"candidate_id": self.candidate.pk},
            AutoMessage: {"booking_id": self.booking.pk},
        }
        return model._default_manager.filter(**about[model]).first()

    def _wait(self, event: InterviewEvent) -> None:
        WaitingEntry.objects.create(
            user_id=self.awaited.pk,
            event_id=event.pk,
            city_id=self.city.pk,
            joined_at=clock.now(),
            state="waiting",
            telegram_id=9000,
            name=str(self.awaited),
            city=self.city.name,
            event=event.title,
        )

    def _answer(self, event: InterviewEvent) -> None:
        collection("questionnaire_answers").insert_one(
            {
                "_id": ObjectId(),
                "candidate_id": self.candidate.pk,
                "telegram_id": self.candidate.telegram_id,
                "event_id": event.pk,
                "questionnaire_id": ObjectId(),
                "version": 1,
                "status": "passed",
                "current": True,
                "answers": [],
                "raw": [],
                "reason": None,
                "answered_at": clock.now(),
                "person": str(self.candidate),
                "event": event.title,
                "search": str(self.candidate).lower(),
                "created_at": clock.now(),
                "updated_at": clock.now(),
            }
        )


class World:
    """Two places and what belongs to neither."""

    def __init__(self) -> None:
        self.event = InterviewEvent.objects.create(title="Собеседование аналитиков")
        self.here, self.there = Place("Москва", self.event, 1), Place("Казань", self.event, 2)
        seed_defaults()
        self.questionnaire = Questionnaire(title_ru="Анкета", title_en="Questions")
        question = Question(
            questionnaire=self.questionnaire, text_ru="Где?", text_en="Where?", kind="choice", position=1
        )
        save_draft(self.questionnaire, [question], [], actor="anna")
        choices = [
            Choice(question=question, label_ru="Тут", label_en="Here", position=1),
            Choice(question=question, label_ru="Там", label_en="There", position=2),
        ]
        save_question(question, choices, [], actor="anna")
        publish(self.questionnaire, actor="anna")
        rule = ReminderRule(kind="day_of", at="10:00")
        save_rule(rule, actor="anna")
        self.logins = {name: User.objects.create(username=name, is_staff=True) for name in ROLES[1:]}
        self._give_roles()
        self.shared: dict[type[Model], Any] = {
            InterviewEvent: self.event,
            Questionnaire: self.questionnaire,
            Question: question,
            ReminderRule: rule,
            MessageTemplate: MessageTemplate.objects.first(),
            AnnouncementChat: AnnouncementChat.objects.create(title="Чат", chat_id=-100),
            StaffChat: StaffChat.objects.create(chat_id=-200),
            ContactSettings: ContactSettings.objects.create(contact_url="https://t.me/help"),
            PrivacySettings: PrivacySettings.objects.create(
                text_ru="Храним год.", text_en="Kept for a year.", version=1
            ),
            AuditEntry: AuditEntry.objects.first(),
            OutboxMessage: OutboxMessage.objects.create(
                id="1", queue="bot.cache.invalidate", body="{}", correlation_id="1", due_at=clock.now()
            ),
            DeadLetter: DeadLetter.objects.create(
                key="1", queue="admin.booking.event", reason="wrong_fields", telegram_id=1001
            ),
            InboxMessage: InboxMessage.objects.create(id="1", queue="admin.booking.event"),
            StaffLogin: self.logins["moscow"],
            Export: _export_of(self.logins["superuser"]),
        }

    def client(self, role: str) -> StaffClient:
        """A browser with that role's login, in English."""
        return self._as(role, StaffClient(headers=ENGLISH, raise_request_exception=False))

    def plain_client(self, role: str) -> Client:
        """The same, that sends what it is told and nothing else."""
        return self._as(role, Client(headers=ENGLISH, raise_request_exception=False))

    def _as(self, role: str, client: C) -> C:
        if role in self.logins:
            client.force_login(self.logins[role])
        return client

    def row(self, model: type[Model]) -> Any:
        """A row of any model: Moscow's, or the one there is."""
        return self.shared[model] if model in self.shared else self.here.own(model)

    def _give_roles(self) -> None:
        User.objects.filter(username="superuser").update(is_superuser=True)
        self.logins["superuser"].refresh_from_db()
        give_role(self.logins["administrator"], Post(Role.ADMINISTRATOR))
        give_role(self.logins["coordinator"], Post(Role.COORDINATOR, all_cities=True))
        give_role(self.logins["moscow"], Post(Role.COORDINATOR, city_ids=[self.here.city.pk]))
        give_role(self.logins["recruiter"], Post(Role.RECRUITER, recruiter_id=self.here.recruiter.pk))
        give_role(self.logins["read-only"], Post(Role.READ_ONLY, all_cities=True))


def _export_of(user: User) -> Export:
    """One that this login has asked for."""
    asked = {"login": user.username, "user_id": user.pk, "list_name": "scheduling.booking", "kind": "csv"}
    request = HttpRequest()
    request.user = user
    return Export.objects.create(**asked, language="en", file_name="bookings", reach=reach_of(request))
