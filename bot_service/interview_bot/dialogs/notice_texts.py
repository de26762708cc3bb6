"""What candidates are told unasked, from the desk's templates (R5)."""

from babel.dates import format_datetime

from interview_bot.admin_client.api import AdminApiDownError
from interview_bot.dialogs.context import Tools
from interview_bot.views.formatting import DAY_AND_TIME, clock_time, moment, place, reader_zone
from interview_bot.views.texts import Texts
from shared_contracts.directory import BookingView, SlotView
from shared_contracts.notification import NotificationKind
from shared_contracts.wording import choose, render

REASON_CHARACTERS = 1_000
"""As long as the desk lets a reason be; a template is checked to fit a message with that."""


async def notice_text(
    tools: Tools,
    kind: NotificationKind,
    booking: BookingView,
    *,
    candidate_id: int,
    name: str,
    reason: str | None,
    texts: Texts,
) -> str:
    """The message as HTML, in ``texts``' language and the candidate's zone, by the slot's city's template.

    Raises:
        AdminApiDownError: no template is known now; a later try may work.
    """
    template = choose(await tools.directory.templates(), kind, texts.language, booking.slot.city.id)
    if template is None:
        raise AdminApiDownError(f"no template for {kind.value} in {texts.language}")
    _, person = await tools.allow_list.check(candidate_id)
    contact = booking.contact_url or (person.contact_url if person else None)
    own_zone = person.timezone if person else None
    values = template_values(booking, own_zone, texts) | {
        "name": name or (person.first_name if person else ""),
        "contact_link": contact or await tools.directory.default_contact() or "",
        "reason": (reason or "")[:REASON_CHARACTERS],
    }
    if kind is NotificationKind.TIME_OFFERED:  # what is wanted here is the recruiter's wish
        values["wanted"] = _wanted(booking.offered_slot, own_zone, texts)
    return render(template.text, values)


def template_values(booking: BookingView, own_zone: str | None, texts: Texts) -> dict[str, str]:
    """What the booking itself fills into a template, plain; times in the reader's zone."""
    slot = booking.slot
    zone = reader_zone(own_zone, slot)
    return {
        "event": slot.event.name,
        "date": format_datetime(slot.starts_at, "EEEE, d MMMM", tzinfo=zone, locale=texts.locale),
        "time": clock_time(slot.starts_at, zone, texts),
        "minutes": str(slot.duration_minutes),
        "place": place(slot),
        "city": slot.city.name,
        "recruiter": slot.recruiter.name if slot.recruiter else "",
        "recruiter_link": booking.recruiter_url or "",
        "wanted": _wanted(booking.requested_slot, own_zone, texts),
        "until": moment(booking.expires_at, zone, texts, DAY_AND_TIME) if booking.expires_at else "",
    }


def _wanted(slot: SlotView | None, own_zone: str | None, texts: Texts) -> str:
    return moment(slot.starts_at, reader_zone(own_zone, slot), texts) if slot else ""
