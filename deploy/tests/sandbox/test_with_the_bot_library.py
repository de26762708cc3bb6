"""The library the bot uses, unchanged, against the sandbox: what it sends is understood, what it gets is whole."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from telegram import (
    Bot,
    BotCommand,
    BotCommandScopeAllPrivateChats,
    CallbackQuery,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputFile,
    MenuButtonCommands,
    Message,
    ReplyParameters,
    Update,
)
from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, NetworkError, RetryAfter, TimedOut
from telegram.ext import (
    Application,
    ApplicationBuilder,
    CallbackQueryHandler,
    ChatMemberHandler,
    CommandHandler,
    ContextTypes,
)

from tests.sandbox.driver import BOT, GROUP, TOKEN, Driver
from tests.sandbox.test_updates import Receiver

Keys = InlineKeyboardMarkup
Key = InlineKeyboardButton
BotApplication = Application[Any, Any, Any, Any, Any, Any]


@asynccontextmanager
async def bot_of(sandbox: Driver) -> AsyncIterator[Bot]:
    async with Bot(TOKEN, base_url=f"{sandbox.url}/bot") as bot:
        yield bot


async def test_every_method_the_bot_uses_is_understood(sandbox: Driver) -> None:
    anna = sandbox.candidate(1001, "Анна", username="anna_k")
    async with bot_of(sandbox) as bot:
        assert bot.username == BOT
        sent = await bot.send_message(
            anna, "<b>Day</b>", parse_mode="HTML", reply_markup=Keys([[Key("Book", callback_data="b")]])
        )
        assert (sent.text_html, sent.chat.id) == ("<b>Day</b>", anna)
        edited = await bot.edit_message_text("Booked", anna, sent.message_id)
        assert isinstance(edited, Message)
        assert edited.reply_markup is None
        await bot.edit_message_reply_markup(anna, sent.message_id, reply_markup=Keys([[Key("x", callback_data="x")]]))
        reply = await bot.send_message(anna, "Re", reply_parameters=ReplyParameters(sent.message_id))
        assert reply.reply_to_message is not None
        file = await bot.send_document(anna, InputFile(b"BEGIN:VCALENDAR", "slot.ics"), caption="Yours")
        assert file.document is not None
        assert file.document.file_name == "slot.ics"
        assert await bot.send_chat_action(anna, "typing")
        assert await bot.delete_message(anna, reply.message_id)
        chat = await bot.get_chat(anna)
        assert chat.username == "anna_k"
        member = await bot.get_chat_member(GROUP, bot.id)
        assert member.status == "member"


async def test_the_bot_can_introduce_itself(sandbox: Driver) -> None:
    async with bot_of(sandbox) as bot:
        scope = BotCommandScopeAllPrivateChats()
        commands = [BotCommand("start", "Начать"), BotCommand("cancel", "Отменить")]
        await bot.set_my_commands(commands, scope=scope, language_code="ru")
        assert list(await bot.get_my_commands(scope=scope, language_code="ru")) == commands
        await bot.delete_my_commands(scope=scope, language_code="ru")
        await bot.set_my_description("Запись", language_code="ru")
        assert (await bot.get_my_description("ru")).description == "Запись"
        await bot.set_my_short_description("Запись")
        assert (await bot.get_my_short_description()).short_description == "Запись"
        await bot.set_chat_menu_button(menu_button=MenuButtonCommands())
        assert (await bot.get_my_name()).name == "Slotdesk"
        await bot.set_webhook("http://127.0.0.1:9/", secret_token="x", allowed_updates=Update.ALL_TYPES)
        assert (await bot.get_webhook_info()).url == "http://127.0.0.1:9/"
        await bot.delete_webhook(drop_pending_updates=True)


async def test_refusals_become_the_librarys_errors(sandbox: Driver) -> None:
    anna = sandbox.candidate()
    sandbox.done("people", {"user_id": 1002, "first_name": "Boris"})
    async with bot_of(sandbox) as bot:
        message = await bot.send_message(anna, "Hi")
        with pytest.raises(BadRequest, match="Message is not modified"):
            await bot.edit_message_text("Hi", anna, message.message_id)
        with pytest.raises(BadRequest, match="Chat not found"):
            await bot.send_message(777, "Hi")
        with pytest.raises(Forbidden, match="bot can't initiate conversation"):
            await bot.send_message(1002, "Hi")
        sandbox.limits(per_chat={"messages": 1, "seconds": 30})
        await bot.send_message(anna, "Hi")
        with pytest.raises(RetryAfter):
            await bot.send_message(anna, "Hi")
        sandbox.done("faults", {"method": "sendMessage", "mode": "drop_after_apply"})
        with pytest.raises(NetworkError):
            await bot.send_message(GROUP, "Hi")
        sandbox.done("faults", {"method": "sendMessage", "mode": "timeout"})
        with pytest.raises(TimedOut):
            await bot.send_message(GROUP, "Hi", read_timeout=1)
    with pytest.raises(InvalidToken):
        async with Bot(f"{TOKEN}x", base_url=f"{sandbox.url}/bot"):
            pass


def application(sandbox: Driver, seen: list[str]) -> BotApplication:
    """A bot that offers a button at /start, edits at a press, and notes what it saw."""

    async def start(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
        assert update.message
        seen.append(f"start {' '.join(context.args or [])}".strip())
        await update.message.reply_text("Choose", reply_markup=Keys([[Key("10:00", callback_data="s1")]]))

    async def press(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        query = update.callback_query
        assert isinstance(query, CallbackQuery)
        seen.append(f"press {query.data}")
        await query.answer("Noted")
        await query.edit_message_text("Booked")

    async def member(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
        assert update.my_chat_member
        seen.append(f"member {update.my_chat_member.new_chat_member.status}")

    app = ApplicationBuilder().token(TOKEN).base_url(f"{sandbox.url}/bot").build()
    app.add_handler(CommandHandler("start", start))
    app.add_handler(CallbackQueryHandler(press))
    app.add_handler(ChatMemberHandler(member))
    return app


async def until(sandbox: Driver, chat_id: int, text: str) -> None:
    async with asyncio.timeout(20):
        while text not in [m["text"] for m in await asyncio.to_thread(sandbox.transcript, chat_id)]:
            await asyncio.sleep(0.02)


async def walk_through(sandbox: Driver, seen: list[str]) -> None:
    """A candidate comes by a deep link, presses, blocks the bot."""

    def follow_and_press() -> None:
        sandbox.done("links", {"user_id": 1001, "url": f"https://t.me/{BOT}?start=e_7"})

    await asyncio.to_thread(follow_and_press)
    await until(sandbox, 1001, "Choose")
    offered = sandbox.transcript(1001)[-1]["message_id"]
    await asyncio.to_thread(sandbox.presses, 1001, 1001, offered, button="10:00")
    await until(sandbox, 1001, "Booked")
    assert [answer["text"] for answer in sandbox.read("answers")] == ["Noted"]
    await asyncio.to_thread(sandbox.done, "blocks", {"user_id": 1001})
    async with asyncio.timeout(20):
        while "member kicked" not in seen:
            await asyncio.sleep(0.02)
    assert seen == ["start e_7", "press s1", "member kicked"]


async def test_a_polling_application_serves_a_candidate(sandbox: Driver) -> None:
    seen: list[str] = []
    app = application(sandbox, seen)
    async with app:
        assert app.updater
        await app.updater.start_polling(allowed_updates=Update.ALL_TYPES)
        await app.start()
        await walk_through(sandbox, seen)
        await app.updater.stop()
        await app.stop()
    assert sandbox.updates() == []


async def test_a_webhook_application_serves_a_candidate(sandbox: Driver) -> None:
    seen: list[str] = []
    app = application(sandbox, seen)
    receiver = Receiver()
    handled: set[asyncio.Task[None]] = set()

    def handle(update: Any) -> int:
        task = asyncio.create_task(app.process_update(Update.de_json(update, app.bot)))
        handled.add(task)
        return 200

    receiver.answer = handle
    async with app, receiver.listening():
        await app.bot.set_webhook(receiver.url, secret_token="s3cret")
        await walk_through(sandbox, seen)
        await asyncio.gather(*handled)
    assert receiver.secrets == {"s3cret"}


async def test_the_older_of_two_polling_applications_hears_of_the_conflict(sandbox: Driver) -> None:
    conflicts: list[Exception] = []
    heard = asyncio.Event()

    def note(error: Exception) -> None:
        conflicts.append(error)
        heard.set()

    app = application(sandbox, [])
    async with app:
        assert app.updater
        await app.updater.start_polling(timeout=20, error_callback=note)
        async with bot_of(sandbox) as second, asyncio.timeout(20):
            while not heard.is_set():
                await second.get_updates(timeout=0)
                await asyncio.sleep(0.05)
        await app.updater.stop()
    assert isinstance(conflicts[0], Conflict)


async def test_fifty_people_pressing_at_once_are_all_answered(sandbox: Driver) -> None:
    seen: list[str] = []
    people = [sandbox.candidate(2000 + n, f"Person {n}") for n in range(50)]
    sandbox.limits(enabled=False)
    offers = {user_id: sandbox.offer(user_id, {"text": "10:00", "callback_data": "s1"}) for user_id in people}
    app = application(sandbox, seen)
    async with app:
        assert app.updater
        await app.updater.start_polling(allowed_updates=Update.ALL_TYPES)
        await app.start()
        jobs = [asyncio.to_thread(sandbox.presses, u, u, offers[u], button="10:00") for u in people]
        await asyncio.gather(*jobs)
        for user_id in people:
            await until(sandbox, user_id, "Booked")
        await app.updater.stop()
        await app.stop()
    assert len(sandbox.read("answers")) == 50
    assert seen == ["press s1"] * 50
