"""HTTP reads about one person: a recruiter's calendar, who is awaited, and who was served once."""

from django.http import HttpResponse
from pydantic import Field
from rest_framework.request import Request

from common import wire
from common.http.api import ProblemError
from common.http.clients import READ
from common.http.openapi import documented
from common.http.reads import ApiView, Query, answer, parse_query
from common.mongo import Document, collection
from people.services.calendar_links import calendar_of
from people.services.links import default_contact
from shared_contracts.directory import AwaitedUsername, FormerPerson, RecruiterCalendar
from shared_contracts.fields import TelegramUserId


class PersonQuery(Query):
    """Parameters of reads about one person."""

    telegram_id: TelegramUserId = Field(description="A Telegram user id: a positive whole number.")


class RecruiterCalendarView(ApiView):
    """The secret address of a recruiter's calendar."""

    scope = READ

    @documented("The address of a recruiter's calendar", RecruiterCalendar, query=PersonQuery, problems=(404,))
    def get(self, request: Request) -> HttpResponse:
        """Whoever has it reads the calendar: keep it out of logs. 404 for who is no active recruiter."""
        found = calendar_of(parse_query(request, PersonQuery).telegram_id)
        if found is None:
            raise ProblemError(404, "There is no active recruiter with this Telegram id.")
        return answer(request, found)


class UsernameQuery(Query):
    """Parameters of ``GET /api/awaited-usernames``."""

    username: str = Field(
        pattern=r"^[A-Za-z0-9_]{1,32}$", description="A Telegram username: letters, digits and _, without the @."
    )


class AwaitedUsernamesView(ApiView):
    """Who was put down by @username and has not written yet (R10)."""

    scope = READ

    @documented("Whether someone with this @username is awaited", AwaitedUsername, query=UsernameQuery)
    def get(self, request: Request) -> HttpResponse:
        """In whatever case it is written. False once someone has come in by it, or was taken off the list."""
        username = parse_query(request, UsernameQuery).username
        wanted = {"awaited_username": username.lower()}
        awaited = any(collection(name).find_one(wanted, {"_id": 1}) for name in ("users", "recruiters"))
        return answer(request, AwaitedUsername(username=username, awaited=awaited))


class FormerPeopleView(ApiView):
    """Who was let in once and is not any more."""

    scope = READ

    @documented("Whether somebody was a candidate or a recruiter once", FormerPerson, query=PersonQuery)
    def get(self, request: Request) -> HttpResponse:
        """Of who was taken off the allow list, or was deactivated as a recruiter; false for anybody else."""
        telegram_id = parse_query(request, PersonQuery).telegram_id
        candidate = _one("users", {"telegram_id": telegram_id, "is_allowed": False})
        recruiter = _one("recruiters", {"telegram_id": telegram_id, "is_active": False})
        home = (recruiter or candidate or {}).get("city_id")
        city = collection("cities").find_one({"_id": home}) if home else None
        contact_url = wire.link("cities", city, city["contact_url"]) if city else None
        return answer(
            request,
            FormerPerson(
                candidate=candidate is not None,
                recruiter=recruiter is not None,
                contact_url=contact_url or default_contact(),
            ),
        )


def _one(name: str, condition: Document) -> Document | None:
    return collection(name).find_one(condition, {"city_id": 1})
