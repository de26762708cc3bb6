"""/language, /privacy with consent before the first sign-up, /calendar."""

from typing import TypeVar

import pytest
from redis.asyncio import Redis

from interview_bot.common.database import Database
from interview_bot.views.callback_data import Action, pack
from shared_contracts.booking import BookingCreated, Outcome
from shared_contracts.dialog import CalendarWanted, LanguageChosen, PrivacyAccepted
from shared_contracts.directory import PrivacyNotice
from shared_contracts.notification import CacheName
from tests.kit.desk import EVENT, Desk
from tests.kit.dialog_desk import CALENDAR_URL, calendar
from tests.kit.questions import STUDIES
from tests.kit.telegram import GROUP, Message, Person, Sandbox, eventually

TEXT = PrivacyNotice(
    version=2,
    consent_version=2,
    ru="Мы храним <имя> и ответы год.",
    en="We keep your <name> and answers for a year.",
    link="https://example.org/privacy",
)
C = TypeVar("C")


async def publish(desk: Desk, notice: PrivacyNotice = TEXT) -> None:
    """Staff put a privacy text in force, and the bot knows of it."""
    desk.dialogs.privacy = notice
    await desk.invalidate(CacheName.CITIES)
    asked = len(desk.asked)

    async def read_again() -> bool:
        return "/api/allowed-users" in desk.asked[asked:]

    await eventually(read_again, "the bot has dropped its caches")


def said(desk: Desk, kind: type[C]) -> list[C]:
    """What chat told the desk of that kind."""
    return [command for command in desk.dialog_commands if isinstance(command, kind)]


async def chooses_english(person: Person) -> None:
    """By /language, in one message."""
    await person.writes("/language")
    choice = await person.sees("На каком языке писать?")
    assert choice.labels == ["Русский", "English"]
    await person.presses(choice, "English")
    assert (await person.sees("From now on I write in English")).id == choice.id


async def test_the_chosen_language_holds_for_all_that_follows(
    anna: Person, sandbox: Sandbox, desk: Desk, redis: Redis
) -> None:
    """Guard: ``chosen_language`` wins over Telegram's, at presses and at the next contact; Redis has no part in it."""
    await chooses_english(anna)
    [told] = await eventually(lambda: _told(desk, LanguageChosen), "the desk is told")
    assert (told.user_telegram_id, told.language) == (1001, "en")

    await redis.flushdb()
    await anna.writes("/start")
    menu = await anna.sees("Choose a time")
    await anna.presses(menu, menu.labels[0])
    details = await anna.sees("Shall we book this time for you?")
    await anna.presses(details, "Confirm")
    await anna.sees("You are booked!")
    await anna.writes("/help", GROUP)
    group = await eventually(lambda: _last(sandbox, GROUP), "the group is answered")
    assert "private chat" in group.text


async def test_a_choice_that_was_lost_here_comes_back_from_the_admin_service(
    anna: Person, desk: Desk, bots_database: Database
) -> None:
    """Guard: ``Visitor.language``. The bot's own database was lost."""
    desk.allow(1001, "Анна", language="en")
    await anna.writes("/help")
    await anna.sees("This is what I can do")
    chat = await bots_database["chats"].find_one({"_id": 1001})
    assert chat is not None
    assert (chat["language"], chat["chosen_language"]) == ("ru", "en")


async def test_a_recruiter_reads_cards_in_the_language_they_chose(rita: Person, sandbox: Sandbox, desk: Desk) -> None:
    """Guards: ``_FOR_EVERYONE``; ``Chats.language`` for what comes by itself. A stranger is refused as ever."""
    await chooses_english(rita)
    await desk.show_card()
    assert "✅ Approve" in (await rita.sees("Анна")).labels
    stranger = await sandbox.person(4040, "Кто-то")
    await stranger.writes("/language")
    await stranger.sees("для приглашённых")


async def test_choosing_a_language_leaves_a_question_open(anna: Person, desk: Desk) -> None:
    """Guard: ``interrupting`` in ``choose``: the way back stays under the message, in the new language."""
    desk.dialogs.publish(STUDIES)
    await anna.writes("/start")
    await anna.sees(STUDIES.text.ru)
    await anna.writes("/language")
    choice = await anna.sees("На каком языке писать?")
    assert choice.labels[-1] == "Продолжить"
    await anna.presses(choice, "English")
    chosen = await anna.sees("From now on I write in English")
    await anna.presses(chosen, "Continue")
    await anna.sees(STUDIES.text.en)


async def test_consent_comes_once_before_the_first_step(anna: Person, desk: Desk, redis: Redis) -> None:
    """The admin service keeps it, Redis may be emptied.

    Guards: ``ask_for_consent`` in ``event_if_passed``, ``needs_consent`` in ``put_off``.
    """
    await publish(desk)
    await anna.writes(f"/start e_{EVENT.id}")
    asked = await anna.sees("нужно ваше согласие")
    assert "Мы храним <имя> и ответы год." in asked.text
    assert asked.labels == ["Полный текст", "Принимаю", "Не сейчас"]

    await anna.presses(asked, "Не сейчас")
    later = await anna.sees("всё осталось как было")
    assert later.id == asked.id
    assert said(desk, PrivacyAccepted) == []
    await anna.writes("/start")
    asked = await anna.sees("нужно ваше согласие")
    await anna.presses(asked, "Принимаю")
    menu = await anna.sees("Выберите удобное время")
    assert menu.id == asked.id
    [agreed] = said(desk, PrivacyAccepted)
    assert (agreed.version, agreed.event_id) == (2, EVENT.id)

    await anna.sends_data(menu, pack(Action.AGREE_LATER))  # from a message that asked before
    assert "Ваше согласие сохранено" in (await anna.sees("Мы храним <имя>")).text

    await redis.flushdb()
    await anna.writes("/start")
    await anna.sees("Выберите удобное время")
    await anna.writes("/privacy")
    shown = await anna.sees("Ваше согласие сохранено")
    assert shown.labels == ["Полный текст", "Свяжитесь с нами"]


@pytest.mark.parametrize(
    ("action", "arguments", "then"),
    [
        (Action.SIGN_UP, (EVENT.id,), "Выберите удобное время"),
        (Action.CHOOSE, (EVENT.id, f"{2:024x}"), "каб. 2"),
        (Action.PAGE, (EVENT.id, "zz.aaaaaa"), "Выберите удобное время"),
        (Action.DAYS, (EVENT.id, "0"), "В какой день вам удобно?"),
        (Action.WAIT, (EVENT.id,), "Выберите удобное время"),
    ],
)
async def test_no_button_skips_consent_or_is_forgotten_over_it(
    anna: Person, desk: Desk, action: Action, arguments: tuple[str, ...], then: str
) -> None:
    """Also one made up, or kept from before there was a text. Guards: ``event_if_passed``, ``_keep_step``."""
    await anna.writes("/mybooking")
    message = await anna.sees("нет предстоящих")
    await publish(desk)
    await anna.sends_data(message, pack(action, *arguments))
    await anna.presses(await anna.sees("нужно ваше согласие"), "Принимаю")
    assert then in (await anna.sees("согласие сохранено")).text


async def test_a_text_that_changes_before_confirm_is_asked_about_first(anna: Person, desk: Desk) -> None:
    """Guard: ``ask_for_consent`` in ``confirm``; agreeing to the older text leads to the newer one."""
    await anna.writes("/start")
    menu = await anna.sees("Выберите удобное время")
    await anna.presses(menu, menu.labels[0])
    details = await anna.sees("Записать")
    await publish(desk)
    await anna.presses(details, "Подтвердить")
    asked = await anna.sees("нужно ваше согласие")
    assert [request for request in desk.requests if isinstance(request, BookingCreated)] == []

    await publish(
        desk, TEXT.model_copy(update={"version": 3, "consent_version": 3, "ru": "Мы храним ответы два года."})
    )
    await anna.presses(asked, "Принимаю")
    await anna.presses(await anna.sees("два года"), "Принимаю")
    again = await anna.sees("Записать вас на это время?")
    assert details.text in again.text, "the time that was chosen"
    assert [command.version for command in said(desk, PrivacyAccepted)] == [3]


async def test_the_admin_services_no_shows_the_text(anna: Person, desk: Desk) -> None:
    """Guards: ``_what_comes_first``, ``keep_press`` there: the text was changed while the request was on its way."""
    await anna.writes("/start")
    menu = await anna.sees("Выберите удобное время")
    await anna.presses(menu, menu.labels[0])
    details = await anna.sees("Записать")
    desk.outcome = Outcome.NOT_ALLOWED
    desk.answering.clear()
    await anna.presses(details, "Подтвердить")
    await anna.sees("Записываем")
    await publish(desk)
    desk.answering.set()
    asked = await anna.sees("нужно ваше согласие")
    await anna.presses(asked, "Принимаю")
    assert details.text in (await anna.sees("Записать вас на это время?")).text


async def test_who_has_a_booking_is_not_cut_off_from_it(anna: Person, desk: Desk) -> None:
    """Consent gates new sign-ups only: /mybooking, moving and cancelling work without it."""
    desk.book(1001, desk.slots[f"{1:024x}"])
    await publish(desk)
    await anna.writes("/mybooking")
    booked = await anna.sees("Ваша запись")
    await anna.presses(booked, "Перенести")
    await anna.sees("На какое время перенести?")
    await anna.writes("/cancel")
    await anna.presses(await anna.sees("Точно отменить"), "Да")
    await anna.sees("отменена")


async def test_privacy_says_what_is_kept_where_there_is_no_text(anna: Person, rita: Person) -> None:
    """One sentence and whom to ask; for recruiters their own. Guard: ``recruiters_notice_screen``."""
    for person, kept in ((anna, "Мы храним имя, ответы и записи"), (rita, "Мы храним ваше имя, аккаунт в Telegram")):
        await person.writes("/privacy")
        assert (await person.sees(kept)).labels == ["Свяжитесь с нами"]


async def test_a_recruiter_gets_the_address_of_their_calendar(rita: Person, desk: Desk) -> None:
    """Made by one press, and the same at the next /calendar. Guards: ``_FOR_RECRUITERS``, ``ask_or_make``."""
    await rita.writes("/calendar")
    none = await rita.sees("нужен секретный адрес")
    await rita.presses(none, "Сделать адрес")
    made = await rita.sees(CALENDAR_URL)
    assert made.id == none.id
    assert "Адрес секретный" in made.text
    assert made.labels == ["Заменить адрес"]
    await rita.presses(made, "Заменить адрес")
    asked = await rita.sees("Точно заменить адрес?")
    assert (asked.id, asked.labels) == (made.id, ["Да, заменить", "Нет, оставить"])
    await rita.presses(asked, "Нет, оставить")
    kept = await rita.sees(CALENDAR_URL)
    assert len(said(desk, CalendarWanted)) == 1, "the address works until they confirm"
    await rita.presses(kept, "Заменить адрес")
    await rita.presses(await rita.sees("Точно заменить адрес?"), "Да, заменить")
    await rita.sees(CALENDAR_URL)
    assert len(said(desk, CalendarWanted)) == 2

    desk.dialogs.calendars[rita.id] = calendar(None, is_made=True)
    await rita.writes("/calendar")
    assert (await rita.sees("показать его ещё раз нельзя")).labels == ["Заменить адрес"]


async def test_a_candidate_gets_the_file_of_their_booking_again(anna: Person, desk: Desk) -> None:
    """As often as they ask. Guard: ``put_again``, for the file of the same version was sent before."""
    await anna.writes("/calendar")
    await anna.sees("Файла пока нет")
    desk.book(1001, desk.slots[f"{1:024x}"])
    for count in (1, 2):
        await anna.writes("/calendar")
        files = await anna.gets_files(count)
        assert [file.caption for file in files] == ["Добавьте в календарь"] * count


async def _told(desk: Desk, kind: type[C]) -> list[C] | None:
    return said(desk, kind) or None


async def _last(sandbox: Sandbox, chat_id: int) -> Message | None:
    shown = await sandbox.messages(chat_id)
    return shown[-1] if shown else None
