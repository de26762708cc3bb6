"""What candidates are told unasked, from the desk's templates (R5)."""

from interview_bot.admin_client.api import AdminApiDownError
from interview_bot.dialogs.context import Services
from interview_bot.views.formatting import all_changes
from interview_bot.views.notice_values import REASON_CHARACTERS, template_values, wanted_slot
from interview_bot.views.texts import Texts
from shared_contracts.directory import BookingStatus, BookingView, SlotView
from shared_contracts.notification import OF_A_MOVE_GIVEN_UP, NotificationKind
from shared_contracts.texts.message_templates import choose, render

_OF_A_PROPOSAL = frozenset(
    {NotificationKind.TIME_OFFERED, NotificationKind.PROPOSAL_CHANGED, NotificationKind.PROPOSAL_ENDED}
)


async def notice_text(
    services: Services,
    kind: NotificationKind,
    booking: BookingView,
    *,
    candidate_id: int,
    name: str,
    reason: str | None,
    texts: Texts,
    before: SlotView | None = None,
    booked_before: SlotView | None = None,
    zones: tuple[str | None, str | None] = (None, None),
) -> str:
    """The message as HTML, in ``texts``' language and the candidate's zone, by the slot's city's template.

    ``before``: the slot, or the one asked for, as it was before that; ``booked_before``: the slot then, where both have
    changed. ``zones``: the candidate's own then, and now,
    where it has just been put right.

    Raises:
        AdminApiDownError: no template is known now; a later try may work.
    """
    template = choose(await services.directory.templates(), kind, texts.language, booking.slot.city.id)
    if template is None:
        raise AdminApiDownError(f"no template for {kind.value} in {texts.language}")
    _, person = await services.allow_list.check(candidate_id)
    own_zone = zones[1] or (person.timezone if person else None)
    values = template_values(booking, own_zone, texts) | {
        "name": name or (person.first_name if person else ""),
        "contact_link": await services.directory.contact_url(person, booking) or "",
        "reason": (reason or "")[:REASON_CHARACTERS],
        "changes": "\n".join(
            all_changes(
                (booked_before, booking.slot), (before, _changed_slot(kind, booking)), own_zone, texts, zones[0]
            )
        ),
    }
    if kind in OF_A_MOVE_GIVEN_UP:  # what they asked for, and is not to be any more
        values["wanted"] = wanted_slot(booking, before, own_zone, texts)
    if kind in _OF_A_PROPOSAL:  # in these the time asked for is the one that the recruiter proposes, or did
        proposed = before if kind is NotificationKind.PROPOSAL_ENDED else booking.offered_slot
        values["wanted"] = wanted_slot(booking, proposed, own_zone, texts)
    if kind is NotificationKind.BOOKING_CHANGED and booking.status is not BookingStatus.PENDING:
        values["until"] = ""  # only of a request it says until when the recruiter answers
    return render(template.text, values, online=booking.slot.online)


def _changed_slot(kind: NotificationKind, booking: BookingView) -> SlotView:
    """The slot that is told about: the booked one, the one that a move was asked to, or the one proposed."""
    other = {
        NotificationKind.WANTED_CHANGED: booking.requested_slot,
        NotificationKind.PROPOSAL_CHANGED: booking.offered_slot,
    }
    return other.get(kind) or booking.slot
