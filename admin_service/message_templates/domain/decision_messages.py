"""Messages about what became of a request or was booked on a candidate's behalf."""

from collections.abc import Mapping

from common.texts.translation import to_translate as _
from message_templates.domain.message_kind import MessageKind
from shared_contracts.notification import NotificationKind

DECISIONS: Mapping[NotificationKind, MessageKind] = {
    NotificationKind.BOOKING_MADE: MessageKind(
        label=_("Booked on the candidate's behalf"),
        required=frozenset({"date", "time", "minutes", "place"}),
        is_glad=True,
        ru="""
<b>{name}, вы записаны на собеседование!</b>
Ждём вас:

<b>{event}</b>
📅 {date}
🕐 {time}, около {minutes} мин
📍 {city}, {place}
👤 {recruiter}
🎒 Возьмите с собой: {bring}
💬 {reason}

Если планы изменятся: /reschedule — перенести, /cancel — отменить.
Если появятся вопросы, мы рядом: {contact_link}
""",
        en="""
<b>{name}, you are booked for an interview!</b>
We look forward to seeing you:

<b>{event}</b>
📅 {date}
🕐 {time}, about {minutes} min
📍 {city}, {place}
👤 {recruiter}
🎒 Please bring: {bring}
💬 {reason}

If your plans change: /reschedule to move it, /cancel to give it up.
If you have any questions, we are here: {contact_link}
""",
    ),
    NotificationKind.BOOKING_APPROVED: MessageKind(
        label=_("The recruiter approved"),
        required=frozenset({"date", "time", "minutes", "place"}),
        is_glad=True,
        ru="""
<b>{name}, поздравляем!</b> 🎉
Рекрутер подтвердил вашу запись, ждём вас на собеседовании.

<b>{event}</b>
📅 {date}
🕐 {time}, около {minutes} мин
📍 {city}, {place}
👤 {recruiter}
🎒 Возьмите с собой: {bring}
Написать рекрутеру: {recruiter_link}
💬 {reason}

Если появятся вопросы, мы рядом: {contact_link}
""",
        en="""
<b>Congratulations, {name}!</b> 🎉
The recruiter has approved your booking. We look forward to meeting you.

<b>{event}</b>
📅 {date}
🕐 {time}, about {minutes} min
📍 {city}, {place}
👤 {recruiter}
🎒 Please bring: {bring}
Write to the recruiter: {recruiter_link}
💬 {reason}

If you have any questions, we are here: {contact_link}
""",
    ),
    NotificationKind.BOOKING_REJECTED: MessageKind(
        label=_("The recruiter rejected"),
        required=frozenset({"event"}),
        ru="""
{name}, спасибо за интерес к нам!
К сожалению, пригласить вас на собеседование «{event}» мы не сможем.
💬 {reason}

Если хотите что-то уточнить, напишите нам: {contact_link}
""",
        en="""
{name}, thank you for your interest in us!
Unfortunately, we cannot offer you an interview for “{event}”.
💬 {reason}

If you would like to know more, write to us: {contact_link}
""",
    ),
    NotificationKind.TIME_REJECTED: MessageKind(
        label=_("The time does not suit the recruiter"),
        required=frozenset({"date", "time"}),
        ru="""
{name}, в это время встретиться не получится. Выберите, пожалуйста, другое:

<b>{event}</b>
📅 {date}
🕐 {time}
💬 {reason}

Если появятся вопросы, мы рядом: {contact_link}
""",
        en="""
{name}, it won't work out at this time. Please choose another one:

<b>{event}</b>
📅 {date}
🕐 {time}
💬 {reason}

If you have any questions, we are here: {contact_link}
""",
    ),
    NotificationKind.BOOKING_EXPIRED: MessageKind(
        label=_("Not approved in time"),
        required=frozenset({"event"}),
        ru="""
{name}, просим прощения за ожидание.
Эту запись не успели подтвердить, и место освободилось. Пожалуйста, выберите другое время.

<b>{event}</b>
📅 {date}
🕐 {time}

Нужна помощь? Напишите нам: {contact_link}
""",
        en="""
{name}, we are sorry to have kept you waiting.
This booking was not approved in time, and the seat is free again. Please choose another time.

<b>{event}</b>
📅 {date}
🕐 {time}

Do you need help? Write to us: {contact_link}
""",
    ),
    NotificationKind.MOVE_APPROVED: MessageKind(
        label=_("The recruiter approved a move"),
        required=frozenset({"date", "time", "place"}),
        is_glad=True,
        ru="""
<b>{name}, перенос подтверждён.</b>
Ждём вас в новое время:

<b>{event}</b>
📅 {date}
🕐 {time}, около {minutes} мин
📍 {city}, {place}
👤 {recruiter}
🎒 Возьмите с собой: {bring}
Написать рекрутеру: {recruiter_link}
💬 {reason}

Если появятся вопросы, мы рядом: {contact_link}
""",
        en="""
<b>{name}, your move is approved.</b>
We look forward to meeting you at the new time:

<b>{event}</b>
📅 {date}
🕐 {time}, about {minutes} min
📍 {city}, {place}
👤 {recruiter}
🎒 Please bring: {bring}
Write to the recruiter: {recruiter_link}
💬 {reason}

If you have any questions, we are here: {contact_link}
""",
    ),
    NotificationKind.MOVE_REJECTED: MessageKind(
        label=_("The recruiter did not approve a move"),
        required=frozenset({"date", "time", "place"}),
        ru="""
{name}, перенести собеседование не получилось: рекрутеру новое время не подошло.
🔁 Вы просили: {wanted}
💬 {reason}

Прежнее время в силе, ждём вас:

<b>{event}</b>
📅 {date}
🕐 {time}, около {minutes} мин
📍 {city}, {place}
👤 {recruiter}
🎒 Возьмите с собой: {bring}

Подобрать другое время: /reschedule, отменить: /cancel
Написать рекрутеру: {recruiter_link}
""",
        en="""
{name}, your interview was not moved: the new time does not suit the recruiter.
🔁 You asked for: {wanted}
💬 {reason}

The time you have still stands:

<b>{event}</b>
📅 {date}
🕐 {time}, about {minutes} min
📍 {city}, {place}
👤 {recruiter}
🎒 Please bring: {bring}

To choose another time: /reschedule, to cancel: /cancel
Write to the recruiter: {recruiter_link}
""",
    ),
    NotificationKind.MOVE_EXPIRED: MessageKind(
        label=_("A move was not approved in time"),
        required=frozenset({"date", "time", "place"}),
        ru="""
{name}, перенести собеседование не получилось: ответа от рекрутера вовремя не было.
🔁 Вы просили: {wanted}

Прежнее время в силе, ждём вас:

<b>{event}</b>
📅 {date}
🕐 {time}, около {minutes} мин
📍 {city}, {place}
👤 {recruiter}
🎒 Возьмите с собой: {bring}

Подобрать другое время: /reschedule, отменить: /cancel
Написать рекрутеру: {recruiter_link}
""",
        en="""
{name}, your interview was not moved: the recruiter did not answer in time.
🔁 You asked for: {wanted}

The time you have still stands:

<b>{event}</b>
📅 {date}
🕐 {time}, about {minutes} min
📍 {city}, {place}
👤 {recruiter}
🎒 Please bring: {bring}

To choose another time: /reschedule, to cancel: /cancel
Write to the recruiter: {recruiter_link}
""",
    ),
}
