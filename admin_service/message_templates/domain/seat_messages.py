"""Messages about a seat that came free and is held for somebody on the waiting list; it is no booking yet."""

from collections.abc import Mapping

from common.texts.translation import to_translate as _
from message_templates.domain.message_kind import MessageKind
from shared_contracts.notification import NotificationKind

SEATS: Mapping[NotificationKind, MessageKind] = {
    NotificationKind.SLOT_OFFERED: MessageKind(
        label=_("A seat for someone on the waiting list"),
        required=frozenset({"date", "time", "place", "until"}),
        ru="""
{name}, хорошие новости!
Освободилось место на собеседование.
⏰ Оно ваше, если ответите до {until}.

<b>{event}</b>
📅 {date}
🕐 {time}, около {minutes} мин
📍 {city}, {place}
👤 {recruiter}
🎒 Возьмите с собой: {bring}
""",
        en="""
{name}, good news!
A seat has become free.
⏰ It is yours if you answer by {until}.

<b>{event}</b>
📅 {date}
🕐 {time}, about {minutes} min
📍 {city}, {place}
👤 {recruiter}
🎒 Please bring: {bring}
""",
    ),
    NotificationKind.SLOT_OFFER_CHANGED: MessageKind(
        label=_("The seat held for someone on the waiting list has changed"),
        required=frozenset({"date", "time", "place", "until"}),
        ru="""
{name}, место, которое мы держим для вас, изменилось:
{changes}
⏰ Оно ваше, если ответите до {until}.

<b>{event}</b>
📅 {date}
🕐 {time}, около {minutes} мин
📍 {city}, {place}
👤 {recruiter}
🎒 Возьмите с собой: {bring}
💬 {reason}
""",
        en="""
{name}, the seat that we hold for you has changed:
{changes}
⏰ It is yours if you answer by {until}.

<b>{event}</b>
📅 {date}
🕐 {time}, about {minutes} min
📍 {city}, {place}
👤 {recruiter}
🎒 Please bring: {bring}
💬 {reason}
""",
    ),
    NotificationKind.SLOT_OFFER_ENDED: MessageKind(
        label=_("The seat held for someone on the waiting list is gone"),
        required=frozenset({"date", "time"}),
        ru="""
{name}, места, которое мы держали для вас, больше нет. Просим прощения.

<b>{event}</b>
📅 {date}
🕐 {time}
💬 {reason}

Есть вопросы? Напишите нам: {contact_link}
""",
        en="""
{name}, the seat that we held for you is gone. We are sorry.

<b>{event}</b>
📅 {date}
🕐 {time}
💬 {reason}

Do you have questions? Write to us: {contact_link}
""",
    ),
}
