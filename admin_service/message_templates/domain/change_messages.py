"""Messages about a booking that changes or ends."""

from collections.abc import Mapping

from common.texts.translation import to_translate as _
from message_templates.domain.message_kind import MessageKind
from shared_contracts.notification import NotificationKind

CHANGES: Mapping[NotificationKind, MessageKind] = {
    NotificationKind.RESCHEDULE_ASKED: MessageKind(
        label=_("Please choose another time"),
        required=frozenset({"date", "time"}),
        ru="""
{name}, рекрутер просит выбрать другое время.
Пока в силе:

<b>{event}</b>
📅 {date}
🕐 {time}
📍 {city}, {place}
🔁 Вы просили: {wanted}
💬 {reason}
⏰ Выберите время до {until}, иначе запись отменится.

Написать рекрутеру: {recruiter_link}
""",
        en="""
{name}, the recruiter asks you to choose another time.
For now this stands:

<b>{event}</b>
📅 {date}
🕐 {time}
📍 {city}, {place}
🔁 You asked for: {wanted}
💬 {reason}
⏰ Please choose by {until}, or the booking will lapse.

Write to the recruiter: {recruiter_link}
""",
    ),
    NotificationKind.BOOKING_MOVED: MessageKind(
        label=_("The booking was moved"),
        required=frozenset({"date", "time", "place"}),
        ru="""
{name}, у вашего собеседования новое время.
{changes}

Ждём вас:

<b>{event}</b>
📅 {date}
🕐 {time}, около {minutes} мин
📍 {city}, {place}
👤 {recruiter}
🎒 Возьмите с собой: {bring}
💬 {reason}

Не подходит? Напишите нам: {contact_link}
""",
        en="""
{name}, your interview has a new time.
{changes}

We look forward to seeing you:

<b>{event}</b>
📅 {date}
🕐 {time}, about {minutes} min
📍 {city}, {place}
👤 {recruiter}
🎒 Please bring: {bring}
💬 {reason}

Doesn't suit you? Write to us: {contact_link}
""",
    ),
    NotificationKind.BOOKING_KEPT: MessageKind(
        label=_("Off the allow list, the booking stays"),
        required=frozenset({"date", "time"}),
        ru="""
{name}, новые записи для вас закрыты, а эта остаётся:

<b>{event}</b>
📅 {date}
🕐 {time}
📍 {city}, {place}
👤 {recruiter}
🎒 Возьмите с собой: {bring}
🔁 Перенос больше не рассматривается: {wanted}
💬 {reason}

Не сможете прийти — отмените запись: /cancel. Остались вопросы? Напишите нам: {contact_link}
""",
        en="""
{name}, you can't book new interviews any more, but this booking stays:

<b>{event}</b>
📅 {date}
🕐 {time}
📍 {city}, {place}
👤 {recruiter}
🎒 Please bring: {bring}
🔁 The move is off the table: {wanted}
💬 {reason}

Can't come? Cancel it with /cancel. Questions? Write to us: {contact_link}
""",
    ),
    NotificationKind.BOOKING_CHANGED: MessageKind(
        label=_("The slot's time or place changed"),
        required=frozenset({"date", "time", "place"}),
        ru="""
{name}, ваше собеседование изменилось:
{changes}

Теперь так:
<b>{event}</b>
📅 {date}
🕐 {time}, около {minutes} мин
📍 {city}, {place}
👤 {recruiter}
🎒 Возьмите с собой: {bring}
💬 {reason}
⏳ Запись ещё ждёт подтверждения: рекрутер ответит до {until}.

Не подходит? Напишите нам: {contact_link}
""",
        en="""
{name}, your interview has changed:
{changes}

How it is now:
<b>{event}</b>
📅 {date}
🕐 {time}, about {minutes} min
📍 {city}, {place}
👤 {recruiter}
🎒 Please bring: {bring}
💬 {reason}
⏳ It still awaits approval: the recruiter answers by {until}.

Doesn't suit you? Write to us: {contact_link}
""",
    ),
    NotificationKind.WANTED_CHANGED: MessageKind(
        label=_("The time that a move was asked to has changed"),
        required=frozenset({"date", "time", "wanted"}),
        ru="""
{name}, вы просили перенести собеседование, и вот что там изменилось:
{changes}

🔁 Теперь вы просите: {wanted}
💬 {reason}
⏳ Рекрутер ответит до {until}. Пока в силе:

<b>{event}</b>
📅 {date}
🕐 {time}

Не подходит? Выберите другое время кнопкой ниже или напишите нам: {contact_link}
""",
        en="""
{name}, you asked to move your interview, and this has changed there:
{changes}

🔁 You are now asking for: {wanted}
💬 {reason}
⏳ The recruiter answers by {until}. For now this stands:

<b>{event}</b>
📅 {date}
🕐 {time}

Doesn't suit you? Choose another time with the button below or write to us: {contact_link}
""",
    ),
    NotificationKind.PROPOSAL_CHANGED: MessageKind(
        label=_("The time that the recruiter offers has changed"),
        required=frozenset({"date", "time", "wanted"}),
        ru="""
{name}, рекрутер предлагает вам другое время, и вот что там изменилось:
{changes}

🔁 Теперь предлагает: <b>{wanted}</b>
💬 {reason}
Пока вы записаны на прежнее:

<b>{event}</b>
📅 {date}
🕐 {time}

Ответьте кнопкой ниже или напишите рекрутеру: {recruiter_link}
""",
        en="""
{name}, the recruiter offers you another time, and this has changed there:
{changes}

🔁 The offer is now: <b>{wanted}</b>
💬 {reason}
For now you are still booked for:

<b>{event}</b>
📅 {date}
🕐 {time}

Please answer with a button below or write to the recruiter: {recruiter_link}
""",
    ),
    NotificationKind.PROPOSAL_ENDED: MessageKind(
        label=_("The time that the recruiter offered is gone"),
        required=frozenset({"date", "time"}),
        ru="""
{name}, предложенного времени больше нет:
🔁 {wanted}
💬 {reason}

Ваше собеседование в силе:
<b>{event}</b>
📅 {date}
🕐 {time}
📍 {city}, {place}

Рекрутер знает, что вы просите другое время. Написать рекрутеру: {recruiter_link}
""",
        en="""
{name}, the time that was offered to you is gone:
🔁 {wanted}
💬 {reason}

Your interview stands:
<b>{event}</b>
📅 {date}
🕐 {time}
📍 {city}, {place}

The recruiter knows that you would like another time. Write to the recruiter: {recruiter_link}
""",
    ),
    NotificationKind.BOOKING_CANCELLED: MessageKind(
        label=_("The booking was cancelled"),
        required=frozenset({"date", "time"}),
        ru="""
{name}, нам пришлось отменить ваше собеседование. Просим прощения.

<b>{event}</b>
📅 {date}
🕐 {time}
💬 {reason}

Есть вопросы? Напишите нам: {contact_link}
""",
        en="""
{name}, we had to cancel your interview. We are sorry.

<b>{event}</b>
📅 {date}
🕐 {time}
💬 {reason}

Do you have questions? Write to us: {contact_link}
""",
    ),
}
