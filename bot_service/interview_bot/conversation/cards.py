"""A recruiter's card of a request: its text and buttons (R3, R4)."""

import re
from collections.abc import Iterable
from html import escape, unescape

from telegram import InlineKeyboardButton, InlineKeyboardMarkup
from telegram.constants import MessageLimit

from interview_bot.conversation.callback_data import Action, pack
from interview_bot.conversation.screen import Screen
from interview_bot.conversation.texts import Texts
from interview_bot.conversation.wording import DAY_AND_TIME, moment, reader_zone, slot_card
from shared_contracts.card import CardAnswer, RecruiterCard
from shared_contracts.directory import BookingStatus
from shared_contracts.notification import NotificationKind

_REASON_SHOWN = 1_000
_STATES = {
    BookingStatus.BOOKED: "card.booked",
    BookingStatus.OFFERED: "card.offered",
    BookingStatus.REJECTED: "card.rejected",
    BookingStatus.EXPIRED: "card.expired",
    BookingStatus.CANCELLED: "card.cancelled",
}
_TOLD_BY_HAND = {
    BookingStatus.BOOKED: NotificationKind.BOOKING_APPROVED,
    BookingStatus.REJECTED: NotificationKind.BOOKING_REJECTED,
    BookingStatus.EXPIRED: NotificationKind.BOOKING_EXPIRED,
    BookingStatus.CANCELLED: NotificationKind.BOOKING_CANCELLED,
}


def card_screen(card: RecruiterCard, texts: Texts, turn: int, *, lead: str = "", ready: str = "") -> Screen:
    """The card as it stands, below ``lead``; ``ready`` is the plain text to send by hand. Fits one message."""
    head = "\n\n".join(
        part for part in (lead, _state(card, texts), _request(card, texts), _decision(card, texts)) if part
    )
    tail = _by_hand(card, texts, ready, MessageLimit.MAX_TEXT_LENGTH - _length(head) - 2)
    room = MessageLimit.MAX_TEXT_LENGTH - _length(head) - _length(tail) - 4
    answers = _answers(card.answers, texts, room)
    text = "\n\n".join(part for part in (head, answers, tail) if part)
    return Screen(text, _keyboard(card, texts, turn))


def waiting_screen(card: RecruiterCard, texts: Texts, key: str) -> Screen:
    """The card without buttons while the answer to a press is under way."""
    return Screen(card_screen(card, texts, 0, lead=texts(key)).text)


def reason_question(card: RecruiterCard, texts: Texts, turn: int) -> Screen:
    """Reject was pressed: why?"""
    buttons = [
        _button(texts, "button.without_reason", Action.CARD_REJECT_PLAINLY, card, turn),
        _button(texts, "button.back", Action.CARD_BACK, card, turn),
    ]
    text = card_screen(card, texts, turn, lead=texts("card.why")).text
    return Screen(text, InlineKeyboardMarkup([[button] for button in buttons]))


def pointer(card: RecruiterCard, texts: Texts) -> Screen:
    """What is left of a card that is shown further below."""
    return Screen(texts("card.below", name=card.candidate.name))


def told_by_hand(card: RecruiterCard) -> NotificationKind | None:
    """What the recruiter has to tell a candidate whom the bot can't write to (R4); None where there is nothing."""
    if card.candidate.reachable or (card.decided_by and card.decided_by.kind == "candidate"):
        return None
    if card.awaits_answer:
        return NotificationKind.RESCHEDULE_ASKED if card.booking.reschedule_asked else None
    return _TOLD_BY_HAND.get(card.booking.status) if card.yours else None


def plain_text(html: str) -> str:
    """A rendered template for sending by hand: the tags go, links stay readable."""
    linked = re.sub(r'<a href="([^"]*)">(.*?)</a>', lambda link: _link(link[1], link[2]), html, flags=re.DOTALL)
    return unescape(re.sub(r"<[^<>]+>", "", linked))


def _link(url: str, label: str) -> str:
    return url if label == url else f"{label}: {url}"


def _state(card: RecruiterCard, texts: Texts) -> str:
    booking = card.booking
    if not card.yours:
        return texts("card.handed_over")
    if not card.awaits_answer:
        return texts(_STATES.get(booking.status, "card.over"))
    asked = booking.reschedule_asked
    key, limit = ("card.reschedule_asked", "card.kept_until") if asked else ("card.waits", "card.until")
    if booking.expires_at is None:
        return texts(key)
    until = moment(booking.expires_at, reader_zone(card.timezone, booking.slot), texts, DAY_AND_TIME)
    return f"{texts(key)}\n{texts(limit, when=until)}"


def _request(card: RecruiterCard, texts: Texts) -> str:
    person, booking = card.candidate, card.booking
    slot = booking.requested_slot or booking.slot
    zone = reader_zone(card.timezone, slot)
    lines = [texts("card.for_deputy", name=card.recruiter_name)] if card.for_deputy else []
    lines.append(texts("card.candidate", name=person.name, link=person.link))
    if person.username:
        lines[-1] += f" (@{escape(person.username)})"
    if person.city:
        lines.append(texts("card.city", city=person.city))
    lines.append(slot_card(slot.model_copy(update={"recruiter": None}), card.timezone, texts))
    if booking.requested_slot:
        old, new = (moment(at, zone, texts, DAY_AND_TIME) for at in (booking.slot.starts_at, slot.starts_at))
        lines.append(texts("card.move", old=old, new=new))
    return "\n".join(lines)


def _decision(card: RecruiterCard, texts: Texts) -> str:
    lines = []
    if card.decided_by and (card.booking.reschedule_asked or not card.awaits_answer):
        named = card.decided_by.kind == "recruiter" and card.decided_by.name
        key = "card.by_name" if named else f"card.by_{card.decided_by.kind}"
        lines.append(texts(key, name=card.decided_by.name))
    if card.reason:
        lines.append(texts("notice.reason", reason=_clipped(card.reason, _REASON_SHOWN)))
    return "\n".join(lines)


def _by_hand(card: RecruiterCard, texts: Texts, ready: str, room: int) -> str:
    if card.candidate.reachable:
        return ""
    if not ready:
        return texts("card.unreachable")
    intro = texts("card.by_hand")
    return f"{intro}\n<pre>{escape(_clipped(ready, room - _length(intro) - 1))}</pre>"


def _answers(answers: Iterable[CardAnswer], texts: Texts, room: int) -> str:
    """The questionnaire, cut with an ellipsis where the message is full."""
    lines = [texts("card.answers")]
    room -= _length(lines[0])
    for answer in answers:
        question, given = (text.in_(texts.language) for text in (answer.question, answer.answer))
        taken = _units(question) + 3
        if room < taken + 2:
            lines.append("…")
            break
        shown = _clipped(given, room - taken - 2)
        lines.append(f"<i>{escape(question)}</i>\n{escape(shown)}")
        room -= taken + _units(shown)
        if shown != given:
            break
    return "\n".join(lines) if len(lines) > 1 else ""


def _keyboard(card: RecruiterCard, texts: Texts, turn: int) -> InlineKeyboardMarkup | None:
    rows = []
    if card.awaits_answer:
        actions = [("button.approve", Action.CARD_APPROVE), ("button.reject", Action.CARD_REJECT)]
        if not card.booking.reschedule_asked:
            actions.insert(1, ("button.reschedule", Action.CARD_RESCHEDULE))
        rows = [[_button(texts, key, action, card, turn)] for key, action in actions]
    if not card.candidate.reachable and card.candidate.link.startswith("https://"):
        # for a tg:// button Telegram may refuse the whole message (privacy settings); the name links there anyway
        rows.append([InlineKeyboardButton(texts.plain("button.write_candidate"), url=card.candidate.link)])
    return InlineKeyboardMarkup(rows) if rows else None


def _button(texts: Texts, key: str, action: Action, card: RecruiterCard, turn: int) -> InlineKeyboardButton:
    data = pack(action, card.booking.id, str(card.booking.version), str(turn))
    return InlineKeyboardButton(texts.plain(key), callback_data=data)


def _length(html: str) -> int:
    """As Telegram counts: without tags, in UTF-16 units."""
    return _units(unescape(re.sub(r"<[^<>]+>", "", html)))


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _clipped(text: str, room: int) -> str:
    """At most ``room`` UTF-16 units, an ellipsis for what was left out."""
    if _units(text) <= room:
        return text
    return text.encode("utf-16-le")[: max(0, room - 1) * 2].decode("utf-16-le", "ignore") + "…"
