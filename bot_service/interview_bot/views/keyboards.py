"""The keyboards under messages."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta

from telegram import CopyTextButton, InlineKeyboardButton, InlineKeyboardMarkup
from telegram.constants import InlineKeyboardButtonLimit, KeyboardButtonStyle
from telegram.helpers import create_deep_linked_url

from interview_bot.common import clock
from interview_bot.common.dialog_data import ANYONE
from interview_bot.views.callback_data import FOR_KEPT_BOOKINGS, Action, minute_of, pack, seen, unpack
from interview_bot.views.formatting import slot_start
from interview_bot.views.html_text import clip
from interview_bot.views.screen import Screen
from interview_bot.views.texts import Texts
from shared_contracts.attendance import DELAY_AHEAD, DELAY_WITHIN, Attendance
from shared_contracts.directory import BookingStatus, BookingView, InterviewEvent, SlotView

MENU_SIZE = 8
_SAYS_YES = ("button.confirm", "button.coming", "button.approve", "button.take", "button.take_time", "button.agree")
_ENDS = ("button.cancel", "button.cancel_yes", "button.not_coming", "button.reject", "button.replace_calendar_yes")
_STYLES = {
    **dict.fromkeys(_SAYS_YES, KeyboardButtonStyle.SUCCESS),
    **dict.fromkeys(_ENDS, KeyboardButtonStyle.DANGER),
}
"""Colours, by the buttons' texts. The texts say the same: older apps show no colours."""
_JOIN_AHEAD = timedelta(hours=24)
"""Before the start: the day itself, and the evening before an early interview, whose reminder is the last."""


def events(open_events: Iterable[InterviewEvent], page: int, texts: Texts, recruits: bool) -> InlineKeyboardMarkup:
    """A page of interview events; for a recruiter who is a candidate too, also the way to the requests.

    Telegram takes no more than a hundred buttons.
    """
    buttons = [InlineKeyboardButton(event.title, callback_data=pack(Action.SIGN_UP, event.id)) for event in open_events]
    rows = menu_rows(buttons, page, lambda wanted: pack(Action.EVENTS, str(wanted)), texts)
    if recruits:
        to_requests = InlineKeyboardButton(texts.plain("button.requests"), callback_data=pack(Action.REQUESTS, "0"))
        rows.append([to_requests])
    return InlineKeyboardMarkup(rows)


def menu_rows(
    buttons: list[InlineKeyboardButton], page: int, turn: Callable[[int], str], texts: Texts
) -> list[list[InlineKeyboardButton]]:
    """A column of at most eight of the buttons, with ways to the others; ``turn`` gives a page's data."""
    last = max(0, (len(buttons) - 1) // MENU_SIZE)
    page = min(page, last)
    rows = [[button] for button in buttons[page * MENU_SIZE : (page + 1) * MENU_SIZE]]
    turns = [
        InlineKeyboardButton(texts.plain(key), callback_data=turn(wanted))
        for key, wanted in (("button.previous", page - 1), ("button.next", page + 1))
        if 0 <= wanted <= last
    ]
    return [*rows, turns] if turns else rows


def confirm(nonce: str, texts: Texts) -> InlineKeyboardMarkup:
    """Confirm / Back under a slot's details."""
    return InlineKeyboardMarkup(
        [
            [_button(texts, "button.confirm", Action.CONFIRM, nonce)],
            [_button(texts, "button.back", Action.BACK)],
        ]
    )


def bookings(
    shown: Iterable[BookingView],
    zone: str | None,
    texts: Texts,
    *actions: Action,
    back: InlineKeyboardButton | None = None,
) -> InlineKeyboardMarkup:
    """Per booking the wanted actions, named by the booking's time when there are several.

    ``back``: the step before, if there is one.
    """
    shown = list(shown)
    rows = []
    for booking in shown:
        if booking.status is BookingStatus.OFFERED:
            rows.append(seat_offer_buttons(booking, texts))
            continue
        when = slot_start(booking.slot, zone, texts, "d MMM, HH:mm")
        suffix = f" · {when}" if len(shown) > 1 else ""
        if booking.offered_slot is not None:
            rows += _rows(_time_buttons(booking, booking.offered_slot, texts, suffix), suffix)
        rows += [[button] for button in (*join(booking, texts, suffix), *withdraw_move(booking, texts, suffix))]
        rows += _rows(_changes(booking, texts, actions, suffix), suffix)
        rows.append(_delay_when_near(booking, texts, Action.MY_DELAY, suffix))
    if len(shown) == 1 and (copying := copy_address(shown[0].slot, texts)):
        rows.append(copying)
    if back is not None:
        rows.append([back])
    return InlineKeyboardMarkup([row for row in rows if row])


def _rows(buttons: list[InlineKeyboardButton], suffix: str) -> list[list[InlineKeyboardButton]]:
    """Beside each other; one below the other where each names a time, since a phone would cut it off."""
    return [[button] for button in buttons] if suffix else [buttons]


def can_move(booking: BookingView) -> bool:
    """Whether its candidate can still ask for another of the free times."""
    closes_at = booking.move_closes_at
    return booking.may_move and (closes_at is None or clock.now() < closes_at)


def can_cancel(booking: BookingView) -> bool:
    """Whether its candidate can still give it up."""
    return clock.now() < (booking.cancel_closes_at or booking.slot.starts_at)


def can_ask_for_time(booking: BookingView) -> bool:
    """Whether its candidate can ask the recruiter for another time, which they do where they can't move it (R8)."""
    asked = booking.attendance is Attendance.RESCHEDULE_ASKED or booking.requested_slot or booking.offered_slot
    return booking.status is BookingStatus.BOOKED and not asked and clock.now() < booking.slot.starts_at


def can_announce_delay(booking: BookingView) -> bool:
    """Whether its candidate can still say that they will be late (R8)."""
    return booking.status is BookingStatus.BOOKED and clock.now() < booking.slot.starts_at + DELAY_WITHIN


def is_delay_near(booking: BookingView) -> bool:
    """Whether it is near enough to its start that its candidate may be late, asked or not."""
    return clock.now() >= booking.slot.starts_at - DELAY_AHEAD


def delay(
    booking: BookingView, texts: Texts, action: Action = Action.DELAY, suffix: str = ""
) -> list[InlineKeyboardButton]:
    """To say that they will be late, as long as that is possible."""
    if not can_announce_delay(booking):
        return []
    return [styled(texts, "button.delay", pack(action, booking.id, minute_of(booking.slot.starts_at)), suffix)]


def _delay_when_near(
    booking: BookingView, texts: Texts, action: Action, suffix: str = ""
) -> list[InlineKeyboardButton]:
    """The same where nobody is asked whether they come."""
    return delay(booking, texts, action, suffix) if is_delay_near(booking) else []


def _changes(
    booking: BookingView, texts: Texts, actions: Iterable[Action], suffix: str = "", move: str = "button.move"
) -> list[InlineKeyboardButton]:
    """Those of the actions that work at this moment; who can't move it any more may ask for another time."""
    buttons = []
    for action in actions:
        if action is Action.MOVE and can_move(booking):
            buttons.append((move, pack(action, booking.id)))
        elif action is Action.MOVE and can_ask_for_time(booking):
            about = pack(Action.ASK_TIME, booking.id, minute_of(booking.slot.starts_at))
            buttons.append(("button.ask_time", about))
        elif action is Action.CANCEL and can_cancel(booking):
            buttons.append(("button.cancel", pack(action, booking.id)))
    return [styled(texts, key, data, suffix) for key, data in buttons]


def withdraw_move(booking: BookingView, texts: Texts, suffix: str = "") -> list[InlineKeyboardButton]:
    """Takes the move back that awaits the recruiter, where one does: the booking stands as it is."""
    if booking.requested_slot is None:
        return []
    return [styled(texts, "button.withdraw_move", pack(Action.WITHDRAW_MOVE, booking.id), suffix)]


def seat_offer_buttons(booking: BookingView, texts: Texts) -> list[InlineKeyboardButton]:
    """Take / Pass for a seat that is held."""
    return [
        styled(texts, key, pack(action, booking.id, str(booking.version)))
        for key, action in (("button.take", Action.TAKE), ("button.pass", Action.PASS))
    ]


def proposed_time(booking: BookingView, slot: SlotView, texts: Texts) -> InlineKeyboardMarkup:
    """Take the time that the recruiter proposes, or keep the present one."""
    return column(_time_buttons(booking, slot, texts))


def _time_buttons(booking: BookingView, slot: SlotView, texts: Texts, suffix: str = "") -> list[InlineKeyboardButton]:
    about = (booking.id, slot.id, seen(slot))
    return [
        styled(texts, key, pack(action, *about), suffix)
        for key, action in (("button.take_time", Action.TAKE_TIME), ("button.keep_time", Action.KEEP_TIME))
    ]


def stop_waiting(event_id: str, texts: Texts) -> InlineKeyboardMarkup:
    """Leave the waiting list, or look at the slots again."""
    back = InlineKeyboardButton(texts.plain("button.back"), callback_data=pack(Action.SIGN_UP, event_id))
    return column([leave_list(event_id, texts), back])


def leave_list(event_id: str, texts: Texts) -> InlineKeyboardButton:
    """Wait no longer for a seat in the event."""
    return InlineKeyboardButton(texts.plain("button.stop_waiting"), callback_data=pack(Action.LEAVE, event_id))


def change_booking(booking: BookingView, texts: Texts, *, asked: bool) -> InlineKeyboardMarkup | None:
    """Move it or give it up, as far as that works; ``asked``: the recruiter asked for another time."""
    move = "button.other_time" if asked else "button.move"
    changes = _changes(booking, texts, (Action.MOVE, Action.CANCEL), move=move)
    withdrawal = withdraw_move(booking, texts)
    late = _delay_when_near(booking, texts, Action.DELAY)
    buttons = [*join(booking, texts), *withdrawal, *changes, *late, *copy_address(booking.slot, texts)]
    return column(buttons) if buttons else None


def cancel_question(booking: BookingView, texts: Texts) -> InlineKeyboardMarkup:
    """Confirm a cancellation, or keep the booking."""
    return InlineKeyboardMarkup(
        [
            [_button(texts, "button.cancel_yes", Action.CANCEL_CONFIRM, booking.id, str(booking.version))],
            [_button(texts, "button.cancel_no", Action.MY_BOOKINGS)],
        ]
    )


def to_events(texts: Texts) -> InlineKeyboardButton:
    """Back to the list of interview events."""
    return InlineKeyboardButton(texts.plain("button.back"), callback_data=pack(Action.EVENTS, "0"))


def to_bookings(texts: Texts) -> InlineKeyboardButton:
    """Back to the person's bookings, as they are."""
    return _button(texts, "button.back", Action.MY_BOOKINGS)


def my_bookings(texts: Texts) -> InlineKeyboardMarkup:
    """To the person's bookings."""
    return InlineKeyboardMarkup([[_button(texts, "button.my_bookings", Action.MY_BOOKINGS)]])


def home(texts: Texts) -> InlineKeyboardMarkup:
    """To the open interview events."""
    return InlineKeyboardMarkup([[_button(texts, "button.home", Action.HOME)]])


def sign_up(event_id: str, texts: Texts) -> InlineKeyboardMarkup:
    """Sign up for one event, in a private chat."""
    return InlineKeyboardMarkup(
        [[InlineKeyboardButton(texts.plain("button.sign_up"), callback_data=pack(Action.SIGN_UP, event_id))]]
    )


def choose_time(event_id: str, texts: Texts) -> InlineKeyboardMarkup:
    """The same for somebody who has to choose once more."""
    return InlineKeyboardMarkup([[_button(texts, "button.home", Action.SIGN_UP, event_id)]])


def other_times(slot: SlotView, texts: Texts) -> InlineKeyboardMarkup:
    """To the other times of the slot's event and recruiter."""
    recruiter = slot.recruiter.id if slot.recruiter else ANYONE
    return InlineKeyboardMarkup([[_button(texts, "button.home", Action.OTHER_TIMES, slot.event.id, recruiter)]])


def contact(url: str | None, texts: Texts) -> InlineKeyboardMarkup | None:
    """A link to the responsible person, None where none is known."""
    if url is None:
        return None
    return InlineKeyboardMarkup([[InlineKeyboardButton(texts.plain("button.contact"), url=url)]])


def contact_rows(url: str | None, texts: Texts) -> list[list[InlineKeyboardButton]]:
    """The same as rows, for a keyboard with more."""
    link = contact(url, texts)
    return [list(row) for row in link.inline_keyboard] if link else []


def with_continue(screen: Screen, texts: Texts) -> Screen:
    """The screen with the way back to the question that is waiting for a typed answer."""
    rows = screen.keyboard.inline_keyboard if screen.keyboard else ()
    keyboard = InlineKeyboardMarkup([*rows, [_button(texts, "button.continue", Action.CONTINUE)]])
    return replace(screen, keyboard=keyboard)


def deep_link(username: str, payload: str | None, label: str) -> InlineKeyboardMarkup | None:
    """From a group into the private chat, where dialogs run; None where the bot's name, and so the link, is unknown."""
    if not username:
        return None
    return InlineKeyboardMarkup([[InlineKeyboardButton(label, url=create_deep_linked_url(username, payload))]])


def styled(texts: Texts, key: str, data: str, suffix: str = "") -> InlineKeyboardButton:
    """A button by its text's key, which decides its colour; ``suffix``: what follows the text."""
    return InlineKeyboardButton(texts.plain(key) + suffix, callback_data=data, style=_STYLES.get(key))


def copy_address(slot: SlotView, texts: Texts) -> list[InlineKeyboardButton]:
    """Copies the office's address, for a map or a taxi, where the way there is told."""
    if slot.online or not (slot.way and slot.location):
        return []
    copied = CopyTextButton(clip(f"{slot.city.name}, {slot.location}", InlineKeyboardButtonLimit.MAX_COPY_TEXT))
    return [InlineKeyboardButton(texts.plain("button.copy_address"), copy_text=copied)]


def without_copying(screen: Screen) -> Screen | None:
    """The screen without its buttons that copy a text; None where it has none."""
    rows = screen.keyboard.inline_keyboard if screen.keyboard else ()
    kept = [[button for button in row if button.copy_text is None] for row in rows]
    if sum(map(len, kept)) == sum(map(len, rows)):
        return None
    return Screen(screen.text, InlineKeyboardMarkup([row for row in kept if row]))


def _button(texts: Texts, key: str, action: Action, *arguments: str) -> InlineKeyboardButton:
    return styled(texts, key, pack(action, *arguments))


def join(booking: BookingView, texts: Texts, suffix: str = "") -> list[InlineKeyboardButton]:
    """Into an online interview, once it is near."""
    link, ahead = booking.slot.video_link, booking.slot.starts_at - clock.now()
    return (
        [InlineKeyboardButton(texts.plain("button.join") + suffix, url=link)] if link and ahead <= _JOIN_AHEAD else []
    )


def column(buttons: Iterable[InlineKeyboardButton]) -> InlineKeyboardMarkup:
    """Each button in a row of its own."""
    return InlineKeyboardMarkup([[button] for button in buttons])


def for_kept_booking(screen: Screen) -> Screen:
    """The screen for somebody off the allow list (FR2): only links, and the buttons that work for them."""
    if screen.keyboard is None:
        return screen
    rows = [[button for button in row if _works_off_list(button)] for row in screen.keyboard.inline_keyboard]
    left = [row for row in rows if row]
    return replace(screen, keyboard=InlineKeyboardMarkup(left) if left else None)


def _works_off_list(button: InlineKeyboardButton) -> bool:
    data = button.callback_data
    return not isinstance(data, str) or unpack(data).action in FOR_KEPT_BOOKINGS
