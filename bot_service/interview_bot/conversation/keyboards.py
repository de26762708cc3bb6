"""The keyboards under messages."""

from collections.abc import Iterable

from telegram import InlineKeyboardButton, InlineKeyboardMarkup
from telegram.helpers import create_deep_linked_url

from interview_bot.conversation.callback_data import Action, pack
from interview_bot.conversation.slot_pages import SlotPage
from interview_bot.conversation.texts import Texts
from interview_bot.conversation.wording import moment, reader_zone, slot_button
from shared_contracts.directory import BookingView, InterviewEvent, SlotView


def events(open_events: Iterable[InterviewEvent]) -> InlineKeyboardMarkup:
    """One button per interview event."""
    return _column(
        InlineKeyboardButton(event.title, callback_data=pack(Action.SIGN_UP, event.id)) for event in open_events
    )


def slots(
    page: SlotPage, moved: BookingView | None, event_id: str, zone: str | None, texts: Texts
) -> InlineKeyboardMarkup:
    """A page of slots with Earlier / Later where they lead somewhere; for a new booking or to move ``moved``."""
    rows = [[slot_choice(slot, moved, event_id, zone, texts)] for slot in page.slots]
    turn, owner = (Action.MOVE_PAGE, moved.id) if moved else (Action.PAGE, event_id)
    turns = [
        InlineKeyboardButton(texts.plain(key), callback_data=pack(turn, owner, name))
        for key, name in (("button.earlier", page.earlier), ("button.later", page.later))
        if name
    ]
    if turns:
        rows.append(turns)
    if moved:
        rows.append([_button(texts, "button.keep", Action.MY_BOOKINGS)])
    return InlineKeyboardMarkup(rows)


def slot_choice(
    slot: SlotView, moved: BookingView | None, event_id: str, zone: str | None, texts: Texts
) -> InlineKeyboardButton:
    """One slot to choose."""
    data = pack(Action.MOVE_CHOOSE, moved.id, slot.id) if moved else pack(Action.CHOOSE, event_id, slot.id)
    return InlineKeyboardButton(slot_button(slot, zone, texts), callback_data=data)


def confirm(nonce: str, texts: Texts) -> InlineKeyboardMarkup:
    """Confirm / Back under a slot's details."""
    return InlineKeyboardMarkup(
        [
            [InlineKeyboardButton(texts.plain("button.confirm"), callback_data=pack(Action.CONFIRM, nonce))],
            [_button(texts, "button.back", Action.BACK)],
        ]
    )


def bookings(held: Iterable[BookingView], zone: str | None, texts: Texts, *actions: Action) -> InlineKeyboardMarkup:
    """Per booking a row with the wanted actions, named by the booking's time when there are several."""
    held = list(held)
    rows = []
    for booking in held:
        when = moment(booking.slot.starts_at, reader_zone(zone, booking.slot), texts, "d MMM, HH:mm")
        suffix = f" · {when}" if len(held) > 1 else ""
        rows.append(
            [
                InlineKeyboardButton(
                    texts.plain("button.move" if action is Action.MOVE else "button.cancel") + suffix,
                    callback_data=pack(action, booking.id),
                )
                for action in actions
            ]
        )
    return InlineKeyboardMarkup(rows)


def cancel_question(booking: BookingView, texts: Texts) -> InlineKeyboardMarkup:
    """Really cancel?"""
    yes = pack(Action.CANCEL_CONFIRM, booking.id, str(booking.version))
    return InlineKeyboardMarkup(
        [
            [InlineKeyboardButton(texts.plain("button.cancel_yes"), callback_data=yes)],
            [_button(texts, "button.cancel_no", Action.MY_BOOKINGS)],
        ]
    )


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


def contact(url: str | None, texts: Texts) -> InlineKeyboardMarkup | None:
    """A link to the responsible person, None where none is known."""
    if url is None:
        return None
    return InlineKeyboardMarkup([[InlineKeyboardButton(texts.plain("button.contact"), url=url)]])


def deep_link(username: str, payload: str | None, label: str) -> InlineKeyboardMarkup:
    """From a group into the private chat, where dialogs run."""
    return InlineKeyboardMarkup([[InlineKeyboardButton(label, url=create_deep_linked_url(username, payload))]])


def _button(texts: Texts, key: str, action: Action) -> InlineKeyboardButton:
    return InlineKeyboardButton(texts.plain(key), callback_data=pack(action))


def _column(buttons: Iterable[InlineKeyboardButton]) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup([[button] for button in buttons])
