"""R5, R6: what candidates are told is the desk's templates, and a change shows at once."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from redis.asyncio import Redis

from interview_bot.admin_client.api import AdminApi
from interview_bot.admin_client.cache import FRESH_FOR, Cache
from interview_bot.admin_client.directory import Directory
from interview_bot.common import clock
from interview_bot.settings import Settings
from interview_bot.views.notice_values import template_values
from interview_bot.views.texts import texts_for
from shared_contracts.directory import BookingStatus
from shared_contracts.notification import CacheName, NotificationCommand, NotificationKind
from shared_contracts.texts.message_templates import VARIABLES, TemplateView
from shared_contracts.transport.topology import NOTIFICATION_COMMAND
from tests.kit.desk import MOSCOW, YEKATERINBURG, Desk
from tests.kit.telegram import Person, eventually

APPROVED = NotificationKind.BOOKING_APPROVED


def approval(desk: Desk, number: int = 1) -> NotificationCommand:
    """Anna's booking was approved."""
    booking = desk.book(1001, desk.slots[f"{number:024x}"], number)
    return NotificationCommand(
        message_id=uuid4(),
        correlation_id="desk",
        occurred_at=clock.now(),
        notification_id=uuid4().hex[:24],
        kind=APPROVED,
        user_telegram_id=1001,
        booking=booking.model_copy(update={"recruiter_url": "https://t.me/rita_recruiter"}),
        candidate_name="Анна <Смелая>",
    )


def template(text: str, city_id: str | None = None) -> TemplateView:
    """A Russian template of the approval."""
    return TemplateView(kind=APPROVED, language="ru", city_id=city_id, version=2, text=text)


async def test_an_approval_congratulates_with_all_the_candidate_needs(anna: Person, desk: Desk) -> None:
    """R3: name, date and time, minutes, place, the recruiter's contact. Guard: values are escaped."""
    await anna.writes("/start")
    await anna.sees("Выберите")
    await desk.send(NOTIFICATION_COMMAND.name, approval(desk))
    shown = await anna.sees("Поздравляем, Анна <Смелая>!")
    assert "20 минут" in shown.text
    assert "Офис на Тверской, каб. 1" in shown.text
    assert '<a href="https://t.me/rita_recruiter">Рита Рекрутер</a>' in shown.html
    assert "https://t.me/responsible_person" in shown.text
    assert "Причина" not in shown.text, "a line without its value is left out"


async def test_a_citys_own_text_comes_before_the_default(anna: Person, desk: Desk) -> None:
    """R5: overrides by the slot's city."""
    await anna.writes("/start")
    await anna.sees("Выберите")
    desk.recruiting.templates += [
        template("Ждём на Урале, {name}", YEKATERINBURG.id),
        template("Ждём в Москве", MOSCOW.id),
    ]
    desk.add_slot(7, city=YEKATERINBURG)
    await desk.send(NOTIFICATION_COMMAND.name, approval(desk, 7))
    await anna.sees("Ждём на Урале, Анна <Смелая>")


async def test_a_changed_template_is_used_for_the_next_notice(anna: Person, desk: Desk) -> None:
    """R5, R6. Guard: ``Invalidation.drop``; without it the old text would live for 30 seconds."""
    await anna.writes("/start")
    await anna.sees("Выберите")
    await desk.send(NOTIFICATION_COMMAND.name, approval(desk))
    await anna.sees("Поздравляем")
    desk.recruiting.templates.append(template("Новые слова", MOSCOW.id))
    await desk.invalidate(CacheName.TEMPLATES)

    async def told() -> bool:
        await desk.send(NOTIFICATION_COMMAND.name, approval(desk))
        return bool(await anna.sees("Новые слова", seconds=0.5))

    await eventually(told, "the new words")


async def test_with_the_admin_service_down_a_notice_waits_and_is_not_lost(anna: Person, desk: Desk) -> None:
    """I5. Guard: the missing template is a passing fault."""
    await anna.writes("/start")
    await anna.sees("Выберите")
    desk.down = True
    await desk.send(NOTIFICATION_COMMAND.name, approval(desk))

    async def asked() -> bool:
        return "/api/templates" in desk.asked

    await eventually(asked, "the templates are asked for")
    desk.down = False
    await anna.sees("Поздравляем")


def reader(directory: Directory, what: str) -> Callable[[], Awaitable[Sequence[object]]]:
    """How the bot reads it."""
    return directory.templates if what == "templates" else directory.recruiters


@pytest.mark.parametrize("what", ["templates", "recruiters"])
async def test_a_slow_fill_does_not_bring_stale_data_back(
    what: str, settings: Settings, desk: Desk, redis: Redis
) -> None:
    """R6. Guard: the generation under which a value was read."""
    directory = Directory(redis, AdminApi(str(settings.admin_api_url), settings.admin_api_token.get_secret_value()))
    cache: Cache[Any] = directory.templates_cache if what == "templates" else directory.recruiters_cache
    read = reader(directory, what)
    desk.recruiting.templates.clear()
    desk.http_open.clear()
    slow = asyncio.ensure_future(read())

    async def asked() -> bool:
        return bool(desk.asked)

    await eventually(asked, "the slow read is under way")
    desk.dialogs.employ(2001)
    desk.recruiting.templates.append(template("Новое"))
    await cache.invalidate()
    desk.http_open.set()
    assert await slow == []
    assert len(await read()) == 1


@pytest.mark.parametrize("what", ["templates", "recruiters"])
async def test_without_the_broker_data_is_read_again_within_the_bound(
    what: str, settings: Settings, desk: Desk, redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R6. Guard: ``FRESH_FOR``."""
    directory = Directory(redis, AdminApi(str(settings.admin_api_url), settings.admin_api_token.get_secret_value()))
    read = reader(directory, what)
    desk.recruiting.templates.clear()
    assert await read() == []
    desk.dialogs.employ(2001)
    desk.recruiting.templates.append(template("Новое"))
    assert await read() == [], "cached"
    later = clock.now() + FRESH_FOR + timedelta(seconds=1)
    monkeypatch.setattr("interview_bot.common.clock.now", lambda: later)
    assert len(await read()) == 1


def test_every_variable_has_its_value(desk: Desk) -> None:
    """What the desk offers is what the bot fills in; times on the place's clock, the reader's beside it."""
    slot = desk.add_slot(1, city=YEKATERINBURG)
    booking = desk.book(1001, slot).model_copy(
        update={
            "requested_slot": desk.add_slot(2),
            "expires_at": slot.closes_at,
            "recruiter_url": "https://t.me/rita",
            "status": BookingStatus.PENDING,
            "description": "О вас и о работе",
            "bring": "паспорт",
            "bring_en": "your passport",
        }
    )
    values = template_values(booking, None, texts_for("ru"))
    assert all(values.values())
    assert values.keys() | {"name", "contact_link", "reason", "changes"} == VARIABLES
    assert "(Екатеринбург)" in values["time"]
    assert [values["bring"], template_values(booking, None, texts_for("en"))["bring"]] == ["паспорт", "your passport"]
    values = template_values(booking, "Europe/Moscow", texts_for("ru"))
    assert "(Екатеринбург; у вас " in values["time"]
    assert "(Екатеринбург)" not in values["until"], "a deadline is on the reader's clock"
