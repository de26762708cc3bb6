"""How lists for recruiters and staff read: the recruiter's tomorrow and the staff's day."""

import pytest

from interview_bot.views.digest_texts import digest_text
from interview_bot.views.html_text import plain_text
from interview_bot.views.texts import texts_for
from shared_contracts.digest import DaySummary
from shared_contracts.telegram.text import utf16_length
from shared_contracts.venue import VenueView
from tests.inbound.test_digests import day, digest, entry, read


def test_a_recruiters_tomorrow_reads_well_in_both_languages() -> None:
    """Time, name with the link, event, place, the answer, and whom to write to by hand."""
    assert read(digest()) == (
        "📋 Завтра, вторник, 2 марта: 2 собеседования\n\n"
        "09:20 · Анна <Смелая>: https://t.me/anna_candidate\nСтажировка · Офис на Тверской, каб. 1\n✅ придёт\n\n"
        "09:40 · Анна <Смелая>: https://t.me/anna_candidate\nСтажировка · Офис на Тверской, каб. 1\n"
        "✍️ бот не может написать кандидату, напишите сами"
    )
    assert read(digest(), "en") == (
        "📋 Tomorrow, Tuesday, 2 March: 2 interviews\n\n"
        "09:20 · Анна <Смелая>: https://t.me/anna_candidate\nСтажировка · Офис на Тверской, каб. 1\n✅ is coming\n\n"
        "09:40 · Анна <Смелая>: https://t.me/anna_candidate\nСтажировка · Офис на Тверской, каб. 1\n"
        "✍️ the bot can't write to them, please do so yourself"
    )


def test_a_bare_room_is_called_one_in_the_readers_language() -> None:
    """Guard: ``venue`` in ``_entry``."""
    listed = digest(entries=[entry(place="Тверская 1, 5", venue=VenueView(location="Тверская 1", room="5"))])
    assert "Тверская 1, комн. 5" in read(listed) and "Тверская 1, room 5" in read(listed, "en")


def test_times_are_the_places_and_the_readers_zone_is_named_once_above() -> None:
    """06:20 UTC is 16:20 in Vladivostok. Guard: ``_entry``."""
    text = read(digest(timezone="Asia/Vladivostok"))
    assert "Время по городу: Владивосток\n\n16:20 · " in text
    assert "Time" not in read(digest(), "en")
    elsewhere = [entry(timezone="Asia/Vladivostok"), entry(timezone="Asia/Vladivostok", online=True)]
    assert "16:20 (Владивосток; у вас 09:20) · " in read(digest(entries=elsewhere))
    assert "\n\n09:20 · " in read(digest(entries=elsewhere))
    assert "Times are local: Vladivostok" in read(digest(timezone="Asia/Vladivostok"), "en")


@pytest.mark.parametrize(
    ("minutes", "ru", "en"),
    [
        (10, "⏱ опоздает на 10 минут", "⏱ will be 10 minutes late"),
        (20, "⏱ опоздает больше чем на 15 минут", "⏱ will be more than 15 minutes late"),
    ],
)
def test_who_has_said_that_they_will_be_late_is_listed_so(minutes: int, ru: str, en: str) -> None:
    command = digest(entries=[entry(delay_minutes=minutes)])
    assert ru in read(command) and en in read(command, "en")


@pytest.mark.parametrize(
    ("number", "words"), [(1, "1 собеседование"), (3, "3 собеседования"), (11, "11 собеседований")]
)
def test_the_number_of_interviews_counts_those_left_out(number: int, words: str) -> None:
    """Russian plurals."""
    text = read(digest(entries=[entry()], more=number - 1))
    assert words in text.partition("\n")[0]
    assert (f"…и ещё {number - 1}" in text) is (number > 1)


@pytest.mark.parametrize("name", ["Я" * 256, "🎓" * 128, "<&" * 128])
def test_a_long_list_is_cut_to_one_message_and_says_how_many_more(name: str) -> None:
    """Guard: ``_fit``; Telegram counts UTF-16 units after the markup."""
    command = digest(entries=[entry(number, candidate=name) for number in range(60)], more=5)
    html = digest_text(command, texts_for("ru"))
    visible = plain_text(html.replace(' href="https://t.me/anna_candidate"', ""))
    assert utf16_length(visible) <= 4096
    shown = visible.count("Стажировка")
    assert 0 < shown < 60
    assert visible.endswith(f"…и ещё {65 - shown}")


def test_the_staffs_day_reads_well_in_both_languages() -> None:
    """Numbers only, those that are nought left out."""
    assert read(day()) == (
        "📊 Итоги дня: понедельник, 1 марта\n✅ Состоялись: 5\n❌ Кандидата не было: 1\n❔ Не отмечены: 2\n\n"
        "Ждут внимания\n⏳ Заявки ждут ответа рекрутера: 3\n✍️ Связаться вручную: 1\n\n"
        "Завтра: 7 собеседований\n"
        "Стажировка <2027>, Москва: 5, подтвердили 3\nСтажировка <2027>, Казань: 2, подтвердили 0"
    )
    assert read(day(), "en") == (
        "📊 The day in numbers: Monday, 1 March\n✅ Took place: 5\n❌ Candidate did not come: 1\n❔ Not marked: 2\n\n"
        "Need attention\n⏳ Requests waiting for a recruiter: 3\n✍️ To be contacted by hand: 1\n\n"
        "Tomorrow: 7 interviews\n"
        "Стажировка <2027>, Москва: 5, confirmed 3\nСтажировка <2027>, Казань: 2, confirmed 0"
    )


@pytest.mark.parametrize("name", list(DaySummary.model_fields.keys() - {"tomorrow"}))
@pytest.mark.parametrize("language", ["ru", "en"])
def test_every_number_of_the_day_is_named(name: str, language: str) -> None:
    """None is left out where there is something to say."""
    assert ": 17" in read(day(summary=DaySummary.model_validate({name: 17})), language)


def test_an_empty_day_says_so() -> None:
    """Nothing today, nothing tomorrow."""
    text = read(day(summary=DaySummary()))
    assert text == "📊 Итоги дня: понедельник, 1 марта\nСобеседований сегодня не было.\n\nНа завтра собеседований нет."
