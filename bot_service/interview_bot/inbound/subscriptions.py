"""Which queue is handled by what."""

import asyncio
from typing import Any

from interview_bot.common.database import Database
from interview_bot.common.person_locks import PersonLocks
from interview_bot.dialogs.context import Services
from interview_bot.inbound.booking_results import BookingResults
from interview_bot.inbound.broadcasts import Broadcasts
from interview_bot.inbound.cards import Cards
from interview_bot.inbound.dialog_results import DialogResults
from interview_bot.inbound.digests import Digests
from interview_bot.inbound.invalidation import Invalidation
from interview_bot.inbound.lapsed_offers import show_lapsed
from interview_bot.inbound.notifications import Notifications
from interview_bot.inbound.other_news import OtherNews
from interview_bot.inbound.sent_once import SentOnce
from interview_bot.messaging.consumer import Subscription
from shared_contracts.booking import booking_result
from shared_contracts.broadcast import broadcast_command
from shared_contracts.card import card_command
from shared_contracts.dialog import dialog_result
from shared_contracts.digest import digest_command
from shared_contracts.notification import (
    AnyNotification,
    NotificationCommand,
    SeatOfferLapsed,
    cache_invalidate,
    notification_command,
)
from shared_contracts.transport.topology import (
    BOOKING_RESULT,
    BROADCAST_COMMAND,
    CACHE_INVALIDATE,
    CARD_COMMAND,
    DIALOG_RESULT,
    DIGEST_COMMAND,
    NOTIFICATION_COMMAND,
)


def subscriptions(
    services: Services,
    database: Database,
    locks: PersonLocks,
    broadcasts: Broadcasts,
    recruiters_changed: asyncio.Event,
) -> tuple[Subscription[Any], ...]:
    """Every queue that the bot consumes, with its handler and how many messages may be in hand at once."""
    shown = services.shown_bookings
    once = SentOnce(services.bot, database, "automatic_messages")
    cards = Cards(services, once, locks)
    digests = Digests(services, once, locks)
    outcomes = BookingResults(services, shown, locks, cards)
    notifications = Notifications(services, SentOnce(services.bot, database, "notifications"), shown, locks)
    other_news = OtherNews(services, SentOnce(services.bot, database, "notifications"), locks)

    async def notify(command: AnyNotification) -> None:
        if isinstance(command, NotificationCommand):
            await notifications.deliver(command)
        elif isinstance(command, SeatOfferLapsed):
            await show_lapsed(services, locks, command)
        else:
            await other_news.deliver(command)

    dialog_results = DialogResults(services, locks)
    invalidation = Invalidation(services.directory, services.allow_list, recruiters_changed)
    return (
        Subscription(BOOKING_RESULT, booking_result, outcomes.show, 100, at_once=50),
        Subscription(NOTIFICATION_COMMAND, notification_command, notify, 60),
        Subscription(CARD_COMMAND, card_command, cards.deliver, 60),
        Subscription(DIGEST_COMMAND, digest_command, digests.deliver, 30),
        Subscription(DIALOG_RESULT, dialog_result, dialog_results.show, 100, at_once=50),
        Subscription(BROADCAST_COMMAND, broadcast_command, broadcasts.accept, 5),
        Subscription(CACHE_INVALIDATE, cache_invalidate, invalidation.drop, 10),
    )
