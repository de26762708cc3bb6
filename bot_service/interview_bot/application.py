"""The one place where the parts are put together, started and stopped."""

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from functools import partial
from typing import Any

from pymongo.errors import PyMongoError
from redis.exceptions import RedisError
from structlog.stdlib import get_logger
from telegram import LinkPreviewOptions, Update
from telegram.error import InvalidToken, TelegramError
from telegram.ext import Application, ApplicationBuilder, Defaults

from interview_bot.admin_client.allow_list import ENTRIES, AllowList
from interview_bot.admin_client.api import AdminApi
from interview_bot.admin_client.directory import Directory
from interview_bot.admin_client.outsiders import AwaitedUsernames, FormerPeople
from interview_bot.admin_client.screenings import Screenings
from interview_bot.common import clock, database, http_server, redis_values
from interview_bot.common.background import end_tasks
from interview_bot.common.person_locks import PersonLocks
from interview_bot.dialogs.admission import turn_away
from interview_bot.dialogs.context import COMMANDS, Services
from interview_bot.dialogs.dispatcher import Dispatcher
from interview_bot.inbound.broadcasts import Broadcasts
from interview_bot.inbound.calendar_sender import CalendarSender
from interview_bot.inbound.corrector import Corrector
from interview_bot.inbound.joined_recruiters import JoinedRecruiters
from interview_bot.inbound.subscriptions import subscriptions
from interview_bot.messaging.broker import Broker, MissingTopologyError
from interview_bot.messaging.consumer import Consumer
from interview_bot.messaging.outbox import Outbox
from interview_bot.settings import Settings
from interview_bot.store.calendar_files import CalendarFiles
from interview_bot.store.chats import Chats
from interview_bot.store.corrections import Corrections
from interview_bot.store.deliveries import Deliveries
from interview_bot.store.dialog_state import DialogStates
from interview_bot.store.progress import ProgressStore
from interview_bot.store.request_records import RequestRecords
from interview_bot.store.shown_bookings import ShownBookings
from interview_bot.store.shown_cards import ShownCards
from interview_bot.telegram.acks import Acks
from interview_bot.telegram.first_screen import register_first_screen
from interview_bot.telegram.gate import Gate
from interview_bot.telegram.intake import Intake
from interview_bot.telegram.outgoing import Outgoing
from interview_bot.telegram.polling import Poller, PollingBot
from interview_bot.telegram.rate_limiter import SharedRateLimiter
from interview_bot.telegram.requests import AiohttpRequest
from interview_bot.telegram.update_processor import OneUpdatePerPerson
from interview_bot.telegram.waiting_edits import WaitingEdits
from interview_bot.telegram.webhook import Webhook, set_up

STOP_PATIENCE = 10.0
"""Seconds that work in hand gets to finish after SIGTERM."""
_LAST_ANSWERS = 2.0
"""Seconds that answers which wait for room in their chats get then."""
_MEASURE_EVERY = 15.0
_log = get_logger(__name__)


_MAY_END = frozenset({"messaging", "updates", "first_screen"})
"""Background tasks that only begin something; what they began goes on."""


class TaskDiedError(Exception):
    """A part of the bot does not run any more, so the whole must not; the text names it."""


class BotService:
    """The whole bot. ``start``, then wait for ``failed``; ``stop`` finishes what is in hand."""

    def __init__(self, settings: Settings) -> None:
        clock.use_offset_file(settings.clock_offset_file if settings.test_mode else None)
        self._settings = settings
        self._mongo, self._database = database.connect(
            settings.mongodb_uri.get_secret_value(), settings.mongodb_database
        )
        self._redis = redis_values.connect(settings.redis_url.get_secret_value())
        self._broker = Broker(settings.amqp_url.get_secret_value())
        self._api = AdminApi(str(settings.admin_api_url), settings.admin_api_token.get_secret_value())
        self._bot_application, self._services, self._locks = self._wire()
        self._broadcasts = Broadcasts(self._services, self._database)
        self._calendar_sender = CalendarSender(self._services)
        self._corrector = Corrector(self._services, self._locks)
        self._joined_recruiters = JoinedRecruiters(self._services, self._locks)
        self._consumers: list[Consumer[Any]] = [
            Consumer(self._broker, self._database, subscription)
            for subscription in subscriptions(
                self._services, self._database, self._locks, self._broadcasts, self._joined_recruiters.changed
            )
        ]
        self._webhook = self._make_webhook()
        self._server = http_server.Server.of(self._make_web(), settings.listen_host, settings.listen_port)
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._consuming = False
        self._stopping = asyncio.Event()
        self.failed: asyncio.Future[Exception] = asyncio.get_running_loop().create_future()

    def _wire(self) -> tuple["Application[Any, Any, Any, Any, Any, Any]", Services, PersonLocks]:
        edits = WaitingEdits(self._redis)
        rate_limiter = SharedRateLimiter(self._redis, edits)
        bot = _make_bot(self._settings, rate_limiter)
        locks = PersonLocks(self._redis)
        application = ApplicationBuilder().bot(bot).updater(None).job_queue(None).build()
        acks = Acks(bot)
        services = Services(
            bot=bot,
            acks=acks,
            api=self._api,
            allow_list=AllowList(self._redis, self._api),
            directory=Directory(self._redis, self._api),
            awaited_usernames=AwaitedUsernames(self._redis, self._api),
            former_people=FormerPeople(self._redis, self._api),
            dialog_states=DialogStates(self._redis),
            progress=ProgressStore(self._redis),
            screenings=Screenings(self._redis, self._api),
            outbox=Outbox(self._database, self._broker, self._settings.request_signing_key),
            request_records=RequestRecords(self._database),
            chats=Chats(self._database),
            gate=Gate(self._redis, self._settings.bot_id, ENTRIES),
            shown_cards=ShownCards(self._database),
            shown_bookings=ShownBookings(self._database),
            rate_limiter=rate_limiter,
            outgoing=Outgoing(bot, rate_limiter, edits, locks),
            calendar_files=CalendarFiles(self._database),
            corrections=Corrections(self._database),
            deliveries=Deliveries(self._database),
        )
        self._processor = OneUpdatePerPerson(services.gate, locks, acks, partial(turn_away, services))
        Dispatcher(services).register(application)
        self._intake = Intake(self._redis, bot, self._settings.bot_id, self.handle)
        self._poller = Poller(bot, self._intake.take)
        return application, services, locks

    async def handle(self, update: Update) -> None:
        """Handle one update, under its person's lock, once."""
        await self._processor.process_update(update, self._bot_application.process_update(update))

    async def start(self) -> None:
        """Start everything; what is away is waited for in the background, but not MongoDB and Telegram's getMe.

        Raises:
            DatabaseNotReadyError, PyMongoError, TelegramError: the service can't run.
        """
        await database.wait_until_ready(self._database)
        await self._initialize_bot()
        self._run("web", self._server.serve())
        self._run("allow_list", self._services.allow_list.run())
        self._run("messaging", self._consume())
        self._run("relay", self._services.outbox.relay())
        self._run("broadcasts", self._broadcasts.run())
        self._run("calendar_files", self._calendar_sender.run())
        self._run("corrections", self._corrector.run())
        self._run("joined_recruiters", self._joined_recruiters.run())
        self._run("parked_updates", self._intake.run())
        self._run("updates", self._receive_updates())
        self._run("first_screen", register_first_screen(self._services.bot, COMMANDS))
        _log.info("started", mode=self._settings.updates_mode, port=self._settings.listen_port)

    async def stop(self) -> None:
        """Take nothing new, finish what is in hand, close the connections."""
        self._stopping.set()
        if self._webhook is not None:
            self._webhook.accepting = False
        self._broadcasts.stop()
        self._calendar_sender.stop()
        self._corrector.stop()
        self._cancel("updates", "parked_updates", "first_screen", "allow_list", "joined_recruiters")
        await self._poller.finish(STOP_PATIENCE)
        await self._intake.finish(STOP_PATIENCE)
        await asyncio.gather(self._services.outgoing.finish(_LAST_ANSWERS), self._services.acks.finish(_LAST_ANSWERS))
        await asyncio.gather(*(consumer.stop(STOP_PATIENCE) for consumer in self._consumers))
        ending = ("broadcasts", "calendar_files", "corrections", "queues")
        if tasks := [self._tasks[name] for name in ending if name in self._tasks]:
            await asyncio.wait(tasks, timeout=STOP_PATIENCE)
        self._server.should_exit = True
        if "web" in self._tasks:
            await asyncio.wait([self._tasks["web"]], timeout=STOP_PATIENCE)
        await end_tasks(self._tasks.values())
        await self._bot_application.shutdown()
        await self._broker.close()
        await self._api.close()
        await self._redis.aclose()
        await self._mongo.close()
        _log.info("stopped")

    def _run(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work, name=name)
        self._tasks[name] = task
        task.add_done_callback(self._task_ended)

    def _task_ended(self, task: asyncio.Task[None]) -> None:
        name = task.get_name()
        if self.failed.done() or self._stopping.is_set():
            return
        if task.cancelled():
            error: BaseException | None = RuntimeError("cancelled")
        else:
            error = task.exception()
        if error is None and name in _MAY_END:
            return
        _log.critical("background_task_died", task=name, exc_info=error)
        if isinstance(error, MissingTopologyError | InvalidToken):  # for whoever set it up
            self.failed.set_result(error)
        else:
            self.failed.set_result(TaskDiedError(f"{name}: {type(error).__name__ if error else 'ended'}"))

    def _cancel(self, *names: str) -> None:
        for name in names:
            if name in self._tasks:
                self._tasks[name].cancel()

    async def _initialize_bot(self) -> None:
        """getMe, the one call nothing works without; Telegram may be away for a while at start."""
        pause = 1.0
        while True:
            try:
                await self._bot_application.initialize()
                return
            except InvalidToken:
                raise
            except TelegramError as error:
                _log.warning("telegram_unreachable", error=f"{type(error).__name__}: {error}")
                await asyncio.sleep(pause)
                pause = min(pause * 2, 15)

    async def _consume(self) -> None:
        await self._broker.connect()
        await self._broker.wait_for_queues()
        for consumer in self._consumers:
            await consumer.start()
        self._consuming = True
        self._run("queues", self._measure_queues())

    async def _measure_queues(self) -> None:
        """Look at the queues from time to time. Ends by itself: a look that is cancelled may wait for ever (aiormq)."""
        while not self._stopping.is_set():
            await self._broker.measure()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), _MEASURE_EVERY)

    async def _receive_updates(self) -> None:
        settings = self._settings
        if settings.updates_mode == "webhook" and settings.webhook_secret is not None:
            await set_up(self._services.bot, str(settings.webhook_url), settings.webhook_secret.get_secret_value())
        else:
            await set_up(self._services.bot)
            await self._poller.run()

    def _make_webhook(self) -> Webhook | None:
        secret = self._settings.webhook_secret
        if self._settings.updates_mode != "webhook" or secret is None:
            return None
        return Webhook(secret.get_secret_value(), self._intake.take)

    def _make_web(self) -> Any:
        checks = {
            "mongodb": self._mongo_answers,
            "redis": self._redis_answers,
            "rabbitmq": self._broker_consumes,
        }
        url = self._settings.webhook_url
        path = (url.path if url else None) or "/"
        routes = [self._webhook.route(path)] if self._webhook else []
        return http_server.build(checks, lambda: not self.failed.done(), routes)

    async def _mongo_answers(self) -> bool:
        with suppress(PyMongoError):
            await self._database.command("ping")
            return True
        return False

    async def _redis_answers(self) -> bool:
        with suppress(RedisError):
            await self._redis.exists("ready")
            return True
        return False

    async def _broker_consumes(self) -> bool:
        return self._consuming and self._broker.is_connected


def _make_bot(settings: Settings, rate_limiter: SharedRateLimiter) -> PollingBot:
    return PollingBot(
        settings.telegram_bot_token.get_secret_value(),
        base_url=f"{str(settings.telegram_api_url).rstrip('/')}/bot",
        request=AiohttpRequest(connections=128, connect_timeout=3, read_timeout=8),
        get_updates_request=AiohttpRequest(connections=2, connect_timeout=3, read_timeout=8),
        rate_limiter=rate_limiter,
        defaults=Defaults(link_preview_options=LinkPreviewOptions(is_disabled=True)),
    )
