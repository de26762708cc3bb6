"""Reminders, and another time: proposed by the recruiter, or after an interview that was missed."""

from collections.abc import Mapping

from common.texts.translation import to_translate as _
from message_templates.domain.message_kind import MessageKind
from shared_contracts.notification import NotificationKind

REMINDERS: Mapping[NotificationKind, MessageKind] = {
    NotificationKind.REMINDER_TODAY: MessageKind(
        label=_("Reminder: today"),
        required=frozenset({"time", "place"}),
        ru="""
{name}, сегодня ждём вас на собеседовании!

<b>{event}</b>
📅 {date}
🕐 {time}, около {minutes} мин
📍 {city}, {place}
👤 {recruiter}
🎒 Возьмите с собой: {bring}

Если появятся вопросы, мы рядом: {contact_link}
""",
        en="""
{name}, we look forward to seeing you at your interview today!

<b>{event}</b>
📅 {date}
🕐 {time}, about {minutes} min
📍 {city}, {place}
👤 {recruiter}
🎒 Please bring: {bring}

If you have any questions, we are here: {contact_link}
""",
    ),
    NotificationKind.REMINDER_TOMORROW: MessageKind(
        label=_("Reminder: tomorrow"),
        required=frozenset({"date", "time", "place"}),
        ru="""
{name}, напоминаем: завтра ваше собеседование.

<b>{event}</b>
📅 {date}
🕐 {time}, около {minutes} мин
📍 {city}, {place}
👤 {recruiter}
🎒 Возьмите с собой: {bring}

Если появятся вопросы, мы рядом: {contact_link}
""",
        en="""
{name}, a reminder: your interview is tomorrow.

<b>{event}</b>
📅 {date}
🕐 {time}, about {minutes} min
📍 {city}, {place}
👤 {recruiter}
🎒 Please bring: {bring}

If you have any questions, we are here: {contact_link}
""",
    ),
    NotificationKind.REMINDER_SOON: MessageKind(
        label=_("Reminder with the question whether they come"),
        required=frozenset({"time", "place"}),
        ru="""
{name}, скоро увидимся!

<b>{event}</b>
📅 {date}
🕐 {time}, около {minutes} мин
📍 {city}, {place}
👤 {recruiter}
🎒 Возьмите с собой: {bring}
""",
        en="""
{name}, see you soon!

<b>{event}</b>
📅 {date}
🕐 {time}, about {minutes} min
📍 {city}, {place}
👤 {recruiter}
🎒 Please bring: {bring}
""",
    ),
    NotificationKind.TIME_OFFERED: MessageKind(
        label=_("The recruiter offers another time"),
        required=frozenset({"date", "time", "wanted"}),
        ru="""
{name}, рекрутер предлагает другое время:
<b>{wanted}</b>

Пока вы записаны на прежнее:
<b>{event}</b>
📅 {date}
🕐 {time}
📍 {city}, {place}

Написать рекрутеру: {recruiter_link}
""",
        en="""
{name}, the recruiter offers you another time:
<b>{wanted}</b>

For now you are still booked for:
<b>{event}</b>
📅 {date}
🕐 {time}
📍 {city}, {place}

Write to the recruiter: {recruiter_link}
""",
    ),
    NotificationKind.NO_SHOW: MessageKind(
        label=_("Did not come: another time"),
        required=frozenset({"event"}),
        ru="""
{name}, жаль, что не получилось встретиться.
Если вам всё ещё интересно это собеседование, выберите другое время.

<b>{event}</b>
📅 {date}
🕐 {time}

Что-то случилось? Напишите нам: {contact_link}
""",
        en="""
{name}, we are sorry that we did not get to meet.
If you are still interested in this interview, please choose another time.

<b>{event}</b>
📅 {date}
🕐 {time}

Did something happen? Write to us: {contact_link}
""",
    ),
    NotificationKind.RECRUITER_ABSENT: MessageKind(
        label=_("The recruiter was absent: another time"),
        required=frozenset({"event"}),
        ru="""
{name}, просим прощения.
Провести это собеседование у рекрутера не получилось. Выберите, пожалуйста, другое время, мы вас ждём.

<b>{event}</b>
📅 {date}
🕐 {time}

Хотите обсудить? Напишите нам: {contact_link}
""",
        en="""
{name}, we apologise.
The recruiter could not hold this interview. Please choose another time, we would love to meet you.

<b>{event}</b>
📅 {date}
🕐 {time}

Would you like to talk about it? Write to us: {contact_link}
""",
    ),
}
