"""The buttons under a recruiter's card: answering, proposing another time, moving, cancelling, marking how it went."""

from datetime import datetime

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from interview_bot.common import clock
from interview_bot.views.callback_data import Action, pack
from interview_bot.views.keyboards import styled
from interview_bot.views.slots.labels import LONGEST, SlotLabels, Style, slot_labels
from interview_bot.views.texts import Texts
from shared_contracts.card import RecruiterCard
from shared_contracts.directory import BookingStatus, SlotView

UNDO = "u"
MARKS: dict[str, BookingStatus | None] = {
    "a": BookingStatus.ATTENDED,
    "l": BookingStatus.LATE,
    "n": BookingStatus.NO_SHOW,
    "r": BookingStatus.RECRUITER_ABSENT,
    UNDO: None,
}
"""The mark behind each mark button's code; None takes a mark back."""
_LABELS = {"a": "button.attended", "l": "button.late", "n": "button.no_show", "r": "button.recruiter_absent"}


def card_keyboard(card: RecruiterCard, texts: Texts, turn: int) -> InlineKeyboardMarkup | None:
    """All that can be done with the card at this moment."""
    rows = [*_answers(card, texts, turn), *_proposals(card, texts, turn)]
    rows += [*_changes(card, texts, turn), *_marks(card, texts, turn)]
    if not card.candidate.reachable and card.candidate.link.startswith("https://"):
        # for a tg:// button Telegram may refuse the whole message (privacy settings); the name links there anyway
        rows.append([InlineKeyboardButton(texts.plain("button.write_candidate"), url=card.candidate.link)])
    return InlineKeyboardMarkup(rows) if rows else None


def card_button(
    texts: Texts, key: str, action: Action, card: RecruiterCard, turn: int, *further: str
) -> InlineKeyboardButton:
    """A button that counts for the booking's version and the card's turn only; ``further``: what else it carries."""
    data = pack(action, card.booking.id, str(card.booking.version), str(turn), *further)
    return styled(texts, key, data)


def proposable_slot(card: RecruiterCard, number: int, now: datetime) -> SlotView | None:
    """The free slot behind a button, if it can still be proposed at ``now``."""
    if not card.yours or card.booking.requested_slot or number >= len(card.free_slots):
        return None  # who asks for a time of their own choice waits for the answer to that
    slot, proposed = card.free_slots[number], card.booking.offered_slot
    already = proposed is not None and proposed.id == slot.id
    return None if already or slot.closes_at <= now else slot


def proposable_slots(card: RecruiterCard, now: datetime) -> list[tuple[int, SlotView]]:
    """The free slots that can be proposed at ``now``, with their numbers."""
    slots = ((number, proposable_slot(card, number, now)) for number in range(len(card.free_slots)))
    return [(number, slot) for number, slot in slots if slot is not None]


def can_change(card: RecruiterCard, now: datetime) -> bool:
    """Whether the interview is approved and still to come, so that it can be moved or called off."""
    booking = card.booking
    stands = booking.status is BookingStatus.BOOKED and booking.requested_slot is None
    return card.yours and stands and not card.may_mark and now < booking.slot.starts_at


def can_mark(card: RecruiterCard, code: str, now: datetime) -> bool:
    """Whether this mark can be made, or taken back, at ``now``."""
    if code == UNDO:
        return card.yours and card.undo_until is not None and now < card.undo_until
    return card.yours and card.may_mark


def _answers(card: RecruiterCard, texts: Texts, turn: int) -> list[list[InlineKeyboardButton]]:
    if not card.awaits_answer:
        return []
    actions = [("button.approve", Action.CARD_APPROVE), ("button.reject", Action.CARD_REJECT)]
    # Of a move a no is all that can be said: the booking stands, and they may choose again.
    if not card.booking.reschedule_asked and not card.booking.requested_slot:
        actions.insert(1, ("button.reschedule", Action.CARD_RESCHEDULE))
    return [[card_button(texts, key, action, card, turn)] for key, action in actions]


def proposal_labels(card: RecruiterCard, texts: Texts) -> SlotLabels:
    """The free slots that can be proposed now, on buttons that say more than that."""
    slots = [slot for _number, slot in proposable_slots(card, clock.now())]
    room = LONGEST - len(texts.plain("button.offer_time", slot=""))
    return slot_labels(slots, card.timezone, texts, Style(room=room))


def _proposals(card: RecruiterCard, texts: Texts, turn: int) -> list[list[InlineKeyboardButton]]:
    """A slot goes by its number in this revision of the card: two ids would be too long for a button."""
    rows = []
    for (number, _slot), told in zip(
        proposable_slots(card, clock.now()), proposal_labels(card, texts).buttons, strict=True
    ):
        data = pack(Action.CARD_PROPOSE, card.booking.id, str(card.revision), str(turn), str(number))
        label = texts.plain("button.offer_time", slot=told)
        rows.append([InlineKeyboardButton(label, callback_data=data)])
    return rows


def _changes(card: RecruiterCard, texts: Texts, turn: int) -> list[list[InlineKeyboardButton]]:
    if not can_change(card, clock.now()):
        return []
    move = card_button(texts, "button.move", Action.CARD_MOVE, card, turn, "0")
    return [[move, card_button(texts, "button.cancel", Action.CARD_CANCEL, card, turn)]]


def _marks(card: RecruiterCard, texts: Texts, turn: int) -> list[list[InlineKeyboardButton]]:
    labels = dict(_LABELS)
    if card.for_deputy:  # "I was absent" would be said of the wrong person
        labels["r"] = "button.their_recruiter_absent"
    labels[UNDO] = "button.undo_mark"
    now = clock.now()
    return [
        [card_button(texts, key, Action.CARD_MARK, card, turn, code)]
        for code, key in labels.items()
        if can_mark(card, code, now)
    ]
