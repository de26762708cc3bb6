"""A recruiter's interviews of today and of the days to come; each opens its card."""

from datetime import date

from interview_bot.common import clock
from interview_bot.dialogs.context import DialogContext, Presses
from interview_bot.views.callback_data import Action, StaleDataError
from interview_bot.views.recruiter.schedule_screens import by_day, day_screen, schedule_screen, today_of


async def show_today(context: DialogContext) -> None:
    """/today."""
    await show_day(context, None)


async def show_schedule(context: DialogContext) -> None:
    """/schedule: the days that have interviews, today and the next ones."""
    cards = await context.services.api.recruiter_interviews(context.user_id)
    await context.show(schedule_screen(by_day(cards, clock.now()), context.texts))


async def show_day(context: DialogContext, wanted: str | None, page: str = "0") -> None:
    """The interviews of a day (YYYYMMDD), without one of today.

    Raises:
        StaleDataError: it is no day.
    """
    now = clock.now()
    cards = await context.services.api.recruiter_interviews(context.user_id)
    own = context.recruiter.timezone if context.recruiter else None
    today = today_of(cards, own, now)
    try:
        day = date.fromisoformat(wanted) if wanted else today
    except ValueError as error:
        raise StaleDataError from error  # no day of any calendar, so none of our buttons
    await context.show(day_screen(by_day(cards, now), day, int(page), context.texts, is_today=day == today))


async def back_to_day(context: DialogContext, booking_id: str, day: str) -> None:
    """From an interview's card to its day, in its place: news of it come in a new message then."""
    if context.message_id is not None:
        await context.services.shown_cards.forget_message(context.chat_id, booking_id, context.message_id)
    await show_day(context, day)


PRESSES: Presses = {
    Action.SCHEDULE: show_schedule,
    Action.SCHEDULE_DAY: show_day,
    Action.CARD_DAY: back_to_day,
}
