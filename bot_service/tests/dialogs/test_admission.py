"""FR2: who is served."""

from datetime import UTC, datetime

import pytest
from redis.asyncio import Redis

from interview_bot.admin_client.allow_list import AccessStatus, AllowList
from interview_bot.admin_client.api import AdminApi
from interview_bot.common.redis_values import answer_of
from interview_bot.settings import Settings
from shared_contracts.directory import AllowedUser
from shared_contracts.notification import CacheName
from tests.kit.desk import Desk
from tests.kit.interview_cards import reads
from tests.kit.telegram import Message, Person, Sandbox, eventually


async def test_a_stranger_gets_one_polite_refusal_with_the_contact_link(
    sandbox: Sandbox, desk: Desk, bot: object
) -> None:
    """FR2: no data; a press is answered without another message."""
    desk.open_event()
    desk.add_slot(1)
    victor = await sandbox.person(1099, "Виктор")
    await victor.writes("/start")
    refusal = await victor.sees("для приглашённых кандидатов")
    assert refusal.buttons == [{"text": "Свяжитесь с нами", "url": "https://t.me/default_contact"}]
    answer = await victor.answer_to(await victor.sends_data(refusal, "1:st"))
    assert "приглашённых" in answer["text"]
    assert len(await victor.messages()) == 1


async def test_someone_removed_is_refused_at_the_next_press_even_mid_dialog(
    anna: Person, desk: Desk, redis: Redis
) -> None:
    """FR2. Guards: the check at every press; the look-up while the cached list is known to be out of date."""
    await anna.writes("/start")
    await anna.presses(await anna.sees("Выберите удобное время"), "каб. 1")
    details = await anna.sees("Записать вас на это время?")
    desk.lists_down = True  # the list can't be followed just now
    desk.remove(1001)
    await desk.invalidate(CacheName.ALLOWED_USERS)

    async def distrusted() -> bool:
        return bool(await redis.get("allowed:generation"))

    await eventually(distrusted, "the cached list is known to be out of date")
    answer = await anna.answer_to(await anna.presses(details, "Подтвердить"))
    assert "больше нельзя" in answer["text"]
    shown = await anna.sees("Записаться на собеседование здесь больше нельзя")
    assert (shown.id, shown.labels) == (details.id, ["Свяжитесь с нами"])
    assert desk.requests == []


@pytest.mark.parametrize("language", ["ru", "en"])
async def test_a_recruiter_who_is_none_any_more_is_told_so_and_is_no_stranger(
    sandbox: Sandbox, rita: Person, desk: Desk, language: str
) -> None:
    """A message, a command, an old card. Guard: ``FormerPeople`` in ``refuse``."""
    words, contact = {
        "ru": ("Ваш доступ рекрутера закрыт", "Свяжитесь с нами"),
        "en": ("Your access as a recruiter has ended", "Contact us"),
    }[language]
    if language == "en":
        await sandbox.person(rita.id, "Rita", "en")
        await rita.writes("/start")
        await rita.sees("No request is waiting")
    await desk.show_card()
    card = await rita.sees("Анна")
    await desk.dialogs.dismiss(rita.id)
    for number, text in enumerate(("/start", "/today", "Что случилось?")):
        await rita.writes(text)
        assert (await _said(rita, words, number + 1))[-1].labels == [contact]
    answer = await rita.answer_to(await rita.sends_data(card, card.buttons[0]["callback_data"]))
    assert words in answer["text"]
    await reads(rita, card.id, words)
    assert desk.requests == []


async def test_a_candidate_who_was_a_recruiter_once_is_told_so_where_they_act_as_one(rita: Person, desk: Desk) -> None:
    """And is a candidate everywhere else. Guard: ``show_if_was_recruiter``."""
    await desk.show_card()
    card = await rita.sees("Анна")
    desk.allow(rita.id, "Рита")
    await desk.dialogs.dismiss(rita.id)
    await desk.invalidate(CacheName.ALLOWED_USERS)
    await rita.writes("/today")
    await rita.sees("Ваш доступ рекрутера закрыт")
    answer = await rita.answer_to(await rita.sends_data(card, card.buttons[0]["callback_data"]))
    assert "Ваш доступ рекрутера закрыт" in answer["text"]
    await rita.writes("/start")
    await rita.sees("Выберите удобное время")


async def _said(person: Person, part: str, times: int) -> list[Message]:
    async def look() -> list[Message] | None:
        found = [message for message in await person.messages() if part in message.text]
        return found if len(found) >= times else None

    return await eventually(look, f"{part} is said {times} times")


async def test_someone_added_is_served_at_once(sandbox: Sandbox, desk: Desk, bot: object) -> None:
    """R6: staff add a person who was refused a moment ago."""
    desk.open_event()
    desk.add_slot(1)
    boris = await sandbox.person(1002, "Борис")
    await boris.writes("/start")
    await boris.sees("приглашённых")
    desk.allow(1002, "Борис")
    await desk.invalidate(CacheName.ALLOWED_USERS)

    async def served() -> bool:
        await boris.writes("/start")
        return bool(await boris.sees("Выберите удобное время", seconds=0.5))

    await eventually(served, "served")


async def test_with_the_admin_service_down_the_known_are_served_and_others_asked_to_come_back(
    sandbox: Sandbox, anna: Person, desk: Desk
) -> None:
    """The bot keeps working on cached data."""
    await anna.writes("/start")
    await anna.sees("Выберите удобное время")
    desk.down = True
    await anna.presses(await anna.sees("Выберите удобное время"), "каб. 1")
    await anna.presses(await anna.sees("Записать вас"), "Подтвердить")
    await anna.sees("Вы записаны!")
    unknown = await sandbox.person(1005, "Галина")
    await unknown.writes("/start")
    await unknown.sees("через минуту")


async def test_the_list_is_read_by_pages_and_then_by_what_changed(settings: Settings, desk: Desk, redis: Redis) -> None:
    """A million people must not be read again for one change."""
    for number in range(1, 1200):
        desk.allow(number)
    allow_list = AllowList(redis, _api(settings))
    await allow_list.sync()
    pages = desk.asked.count("/api/allowed-users")
    assert pages >= 3
    assert await answer_of(redis.hlen("allowed:entries")) == 1199
    desk.asked.clear()
    desk.remove(7)
    await allow_list.sync()
    assert desk.asked.count("/api/allowed-users") == 1
    assert (await allow_list.check(7))[0] is AccessStatus.REFUSED
    assert (await allow_list.check(8))[0] is AccessStatus.ALLOWED


async def test_a_slow_look_up_does_not_bring_a_removed_person_back(
    settings: Settings, desk: Desk, redis: Redis
) -> None:
    """R6. Guard: ``_STORE_NEWER`` compares ``changed_at``; the look-up was read before the removal."""
    allow_list = AllowList(redis, _api(settings))
    desk.allow(1001, changed_at=datetime(2026, 1, 1, tzinfo=UTC))
    before = desk.people[1001]
    desk.remove(1001)
    await allow_list._store([desk.people[1001]])
    await allow_list._store([before])
    entry = await answer_of(redis.hget("allowed:entries", "1001"))
    stored = AllowedUser.model_validate_json(entry or "")
    assert not stored.allowed


async def test_a_strangers_presses_do_not_all_reach_the_admin_service(
    settings: Settings, desk: Desk, redis: Redis
) -> None:
    """Guard: the short memory of unknown people."""
    allow_list = AllowList(redis, _api(settings))
    await allow_list.sync()
    desk.asked.clear()
    for _ in range(20):
        assert (await allow_list.check(1099))[0] is AccessStatus.REFUSED
    assert len(desk.asked) == 1


def _api(settings: Settings) -> AdminApi:
    return AdminApi(str(settings.admin_api_url), settings.admin_api_token.get_secret_value())
