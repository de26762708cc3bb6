"""The lists that the admin service's HTTP reads answer."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlencode

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from shared_contracts.card import RecruiterCard
from shared_contracts.directory import (
    AllowedUser,
    BookingsPage,
    ChangesPage,
    City,
    Contact,
    InterviewEvent,
    Page,
    Recipient,
    SlotView,
)
from shared_contracts.texts.message_templates import TemplateList

if TYPE_CHECKING:
    from tests.kit.desk import Desk

M = TypeVar("M", bound=BaseModel)


def _page_of(page: type[Page[M]], found: Sequence[M], request: Request) -> Page[M]:
    """As many as were asked for, at most as many as the admin service gives."""
    size, start = min(int(request.query_params.get("limit", "100")), 200), int(request.query_params.get("start", "0"))
    more = f"{request.url.path}?{urlencode({**request.query_params, 'start': start + size})}"
    return page(results=list(found[start : start + size]), next=more if start + size < len(found) else None)


def pages(desk: "Desk") -> list[Route]:
    """The routes, answering from what the desk holds."""

    async def allowed_users(request: Request) -> Response:
        wanted, since = request.query_params.get("telegram_id"), request.query_params.get("since")
        if desk.lists_down and wanted is None:
            return Response(status_code=503)
        if wanted:
            desk.looked_up.add(int(wanted))
            entries = [user for user in [desk.people.get(int(wanted))] if user and user.allowed]
        elif since:
            entries = [user for user in desk.people.values() if user.changed_at.isoformat() >= since]
        else:
            entries = [user for user in desk.people.values() if user.allowed]
        size, start = int(request.query_params.get("limit", "500")), int(request.query_params.get("start", "0"))
        more = f"/api/allowed-users?limit={size}&start={start + size}" + (f"&since={since}" if since else "")
        return await desk.api_answer(
            request,
            lambda: ChangesPage[AllowedUser](
                results=entries[start : start + size],
                next=more if start + size < len(entries) else None,
                changes_cursor=max((user.changed_at.isoformat() for user in desk.people.values()), default="0"),
            ),
        )

    async def available_slots(request: Request) -> Response:
        event = request.query_params["event"]
        offered = "for_move" in request.query_params or event in {known.id for known in desk.events}
        # read before the wait
        found = [slot for slot in desk.slots.values() if slot.event.id == event and slot.free and offered]
        found = [slot for slot in found if slot.city.id not in desk.closed_cities]
        return await desk.api_answer(request, lambda: _page_of(Page[SlotView], found, request))

    async def cities(request: Request) -> Response:
        mentioned = [slot.city for slot in desk.slots.values()]
        found = {
            city.id: City(**city.model_dump(), contact_url=None)
            for city in (*desk.cities, *mentioned)
            if city.id not in desk.closed_cities
        }
        return await desk.api_answer(request, lambda: Page[City](results=list(found.values()), next=None))

    async def events(request: Request) -> Response:
        return await desk.api_answer(request, lambda: _page_of(Page[InterviewEvent], desk.events, request))

    async def contact(request: Request) -> Response:
        return await desk.api_answer(request, lambda: Contact(contact_url="https://t.me/default_contact"))

    async def bookings(request: Request) -> Response:
        wanted = int(request.query_params["telegram_id"])
        refused = list(desk.refused)
        held = [booking for owner, booking in desk.bookings.values() if owner == wanted]
        page = BookingsPage(
            results=held,
            next=None,
            refused_slot_ids=refused,
            refused_event_ids=list(desk.refused_events),
            waiting=[desk.dialogs.waiting[wanted]] if wanted in desk.dialogs.waiting else [],
        )
        return await desk.api_answer(request, lambda: page)

    async def recipients(request: Request) -> Response:
        start, path = int(request.query_params.get("start", "0")), request.url.path
        chosen = [Recipient(chat_id=chat, user_telegram_id=chat) for chat in desk.audience[start : start + 3]]
        more = f"{path}?start={start + 3}" if start + 3 < len(desk.audience) else None
        return await desk.api_answer(request, lambda: Page[Recipient](results=chosen, next=more))

    async def recruiter_cards(request: Request) -> Response:
        if int(request.query_params.get("limit", "50")) > 100:  # as the admin service has it
            return Response(status_code=400)
        found = desk.recruiting.open_cards(int(request.query_params["telegram_id"]))
        return await desk.api_answer(request, lambda: Page[RecruiterCard](results=found, next=None))

    async def recruiter_interviews(request: Request) -> Response:
        found = desk.recruiting.interviews(int(request.query_params["telegram_id"]))
        return await desk.api_answer(request, lambda: Page[RecruiterCard](results=found, next=None))

    async def templates(request: Request) -> Response:
        found = list(desk.recruiting.templates)  # read before the wait
        return await desk.api_answer(request, lambda: TemplateList(results=found))

    async def auto_message(request: Request) -> Response:
        found = desk.answers.auto_messages.get(request.path_params["id"])
        if found is None and not desk.down:
            return Response(status_code=404)
        return await desk.api_answer(request, lambda: found or Contact(contact_url=None))

    return [
        Route("/api/allowed-users", allowed_users),
        Route("/api/auto-messages/{id}", auto_message),
        Route("/api/available-slots", available_slots),
        Route("/api/cities", cities),
        Route("/api/events", events),
        Route("/api/contact", contact),
        Route("/api/bookings", bookings),
        Route("/api/broadcasts/{id}/recipients", recipients),
        Route("/api/recruiter-cards", recruiter_cards),
        Route("/api/recruiter-interviews", recruiter_interviews),
        Route("/api/templates", templates),
    ]
