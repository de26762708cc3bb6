"""The way to Telegram: what arrives, and what is known when nothing comes back."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
import pytest_asyncio
from telegram import Bot
from telegram.error import TelegramError

from interview_bot.dialogs.context import COMMANDS
from interview_bot.telegram.errors import Trouble, classify
from interview_bot.telegram.first_screen import register_first_screen
from interview_bot.telegram.polling import PollingBot
from interview_bot.telegram.requests import AiohttpRequest
from interview_bot.telegram.sending import username_of
from interview_bot.telegram.webhook import set_up
from interview_bot.views import keyboards
from tests.kit.servers import TOKEN, free_port
from tests.kit.telegram import Person, Sandbox

Answering = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def bot_at(url: str, read_timeout: float = 8) -> Bot:
    return Bot(TOKEN, base_url=f"{url}/bot", request=AiohttpRequest(4, connect_timeout=1, read_timeout=read_timeout))


@pytest_asyncio.fixture
async def bot(sandbox: Sandbox) -> AsyncIterator[Bot]:
    """A bot that nobody polls for."""
    async with bot_at(sandbox.url) as bot:
        yield bot


async def test_a_file_arrives_whole_with_its_name_and_caption(bot: Bot, sandbox: Sandbox, anna: Person) -> None:
    await anna.writes("/start")
    calendar = b"BEGIN:VCALENDAR\r\n" * 1_000

    sent = await bot.send_document(anna.id, calendar, filename="встреча.ics", caption="Ваш календарь")

    assert sent.caption == "Ваш календарь"
    assert sent.document is not None
    assert (sent.document.file_name, sent.document.file_size) == ("встреча.ics", len(calendar))
    assert await sandbox.download(sent.document.file_id) == calendar


async def test_text_arrives_as_it_was_written(bot: Bot, anna: Person) -> None:
    await anna.writes("/start")
    text = "Ёлки & <палки> 100 % + «кавычки» 🎉\nвторая строка"

    assert (await bot.send_message(anna.id, text)).text == text


async def trouble_of(call: Awaitable[object]) -> tuple[Trouble, str]:
    with pytest.raises(TelegramError) as caught:
        await call
    return classify(caught.value), str(caught.value)


async def trouble_with(answering: Answering, read_timeout: float = 8) -> tuple[Trouble, str]:
    """What a call comes to whose connection is answered so."""
    server = await asyncio.start_server(answering, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    bot = bot_at(f"http://127.0.0.1:{port}", read_timeout)
    await bot._request[1].initialize()  # ``Bot.initialize`` would begin with a call of its own
    try:
        return await trouble_of(bot.send_message(1, "?"))
    finally:
        await bot._request[1].shutdown()
        server.close()


async def test_where_nobody_listens_the_call_was_not_made() -> None:
    """Guard: NOT_SENT; such a call may be made again without a double."""
    bot = bot_at(f"http://127.0.0.1:{free_port()}")
    await bot._request[1].initialize()
    trouble, text = await trouble_of(bot.send_message(1, "?"))
    await bot._request[1].shutdown()

    assert trouble is Trouble.TRANSIENT
    assert TOKEN not in text


async def test_a_call_that_is_never_answered_may_have_been_carried_out() -> None:
    async def silent(reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
        await reader.read()

    assert (await trouble_with(silent, read_timeout=0.2))[0] is Trouble.UNCERTAIN


async def test_a_call_whose_connection_breaks_off_may_have_been_carried_out() -> None:
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.close()

    trouble, text = await trouble_with(hang_up)
    assert trouble is Trouble.UNCERTAIN
    assert TOKEN not in text


async def answered_by_a_proxy(url: str) -> bool:
    """Whether a call to this address, by the environment's proxy, reaches the proxy."""
    seen: list[bytes] = []

    async def proxy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(await reader.readuntil(b"\r\n"))
        body = b'{"ok": true, "result": true}'
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%b" % (len(body), body))
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(proxy, "127.0.0.1", 0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("http_proxy", f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
        patch.setenv("no_proxy", "127.0.0.1")
        bot = bot_at(url)
        await bot._request[1].initialize()
        try:
            await bot.answer_callback_query("1")
        except TelegramError:
            return False
        finally:
            await bot._request[1].shutdown()
            server.close()
    return seen[0].startswith(f"POST {url}/bot".encode())


async def test_telegram_is_reached_through_the_proxy_that_the_environment_names() -> None:
    assert await answered_by_a_proxy("http://telegram.invalid")


async def test_a_host_that_the_environment_excepts_is_reached_without_the_proxy() -> None:
    assert not await answered_by_a_proxy(f"http://127.0.0.1:{free_port()}")


async def test_a_server_that_sends_errors_as_successes_is_understood(sandbox: Sandbox, bot: Bot, anna: Person) -> None:
    """Guard: ``_as_answered``; python-telegram-bot alone ends with a KeyError."""
    await sandbox.control("/server", "PUT", errors_as_200=True)
    await anna.writes("/start")
    trouble, _ = await trouble_of(bot.send_message(5, "?"))
    assert trouble is Trouble.BLOCKED
    assert (await bot.send_message(anna.id, 'Ответ {"ok": false}')).text == 'Ответ {"ok": false}'


async def test_a_proxys_page_is_no_answer() -> None:
    """Guard: ``_as_answered``."""

    async def page(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\n<html>")
        await writer.drain()
        writer.close()

    assert (await trouble_with(page))[0] is Trouble.TRANSIENT


async def test_the_bot_runs_on_a_server_that_knows_the_necessary_only(sandbox: Sandbox) -> None:
    """Guards: ``is_missing_method`` and ``username_of``: no menu, no webhooks, no @username; it starts all the same."""
    optional = ["getMyCommands", "getMyDescription", "setMyShortDescription", "deleteWebhook", "setWebhook"]
    await sandbox.control("/server", "PUT", bare_get_me=True, missing_methods=optional, errors_as_200=True)
    async with PollingBot(TOKEN, base_url=f"{sandbox.url}/bot", request=AiohttpRequest(4, 1, 8)) as telegram:
        await register_first_screen(telegram, COMMANDS)
        await set_up(telegram)
        assert username_of(telegram) == ""
        assert keyboards.deep_link(username_of(telegram), None, "Написать") is None


async def test_the_first_screen_is_told_in_both_languages_and_only_what_differs(sandbox: Sandbox) -> None:
    """Guards: ``register_first_screen``, ``_LANGUAGES``; a 429 is waited for, another refusal passed over."""

    async def told(method: str) -> int:
        return len(await sandbox.calls(method))

    async with PollingBot(TOKEN, base_url=f"{sandbox.url}/bot", request=AiohttpRequest(4, 1, 8)) as telegram:
        for language in ("", "ru", "uk"):
            await telegram.set_my_description("Прежнее", language)
        await sandbox.fault("getMyCommands", error_code=400, description="Bad Request: something new")
        await sandbox.fault("setMyDescription", error_code=429, retry_after=1)
        await register_first_screen(telegram, COMMANDS)
        assert await told("getMyCommands") == await told("getMyDescription") - 1
        await register_first_screen(telegram, COMMANDS)
        for code, beginning in {"ru": "Запись на", "uk": "Запись на", "en": "Interview", "de": "Interview"}.items():
            await sandbox.person(1951, "Анна", code)
            shown = await sandbox.get("/bot", user_id=1951)
            assert shown["description"].startswith(beginning) and shown["short_description"].startswith(beginning)
            assert [command["command"] for command in shown["commands"]] == list(COMMANDS)
        methods = ("setMyCommands", "setMyDescription", "setMyShortDescription")
        before = [await told(method) for method in methods]
        await register_first_screen(telegram, COMMANDS)
        assert [await told(method) for method in methods] == before
