"""Who handles what comes from the bot: the one list, read by ``manage.py consume_events``."""

from datetime import datetime
from typing import Any

import broadcasts.consumer
import reminders.consumer
from broadcasts.consumer import store_broadcast_report
from messaging.consuming import Handler
from messaging.delivery_reports import DeliveryReports, Storing
from messaging.dialogs import DialogCommands, Handling
from messaging.receiving import Receiver
from people.consumer import note_blocked, store_report
from people.services import privacy
from people.services.calendar_links import give_wanted_calendar
from people.services.joining import claim_invitation, claim_username
from people.services.languages import store_language
from questionnaires.consumer import store_answers
from reminders.consumer import store_digest_report
from reminders.services import reports
from scheduling.consumer import BookingEvents
from scheduling.services import waiting_list
from scheduling.services.recruiter_cards.delivery_reports import store_delivery
from scheduling.services.recruiter_cards.reached import follow_start, is_out_of_reach
from scheduling.services.sent_messages import keep_sent
from scheduling.services.snapshots import follow_person
from shared_contracts.broadcast import BroadcastDelivered, CardDelivered, DigestDelivered, NotificationDelivered
from shared_contracts.dialog import (
    CalendarWanted,
    ChatStarted,
    ChatStopped,
    GroupChanged,
    InvitationClaimed,
    LanguageChosen,
    PrivacyAccepted,
    QuestionnaireAnswered,
    UsernameClaimed,
    WaitingListJoined,
    WaitingListLeft,
)


def _store_start(item: ChatStarted, now: datetime) -> None:
    anew = is_out_of_reach(item.user_telegram_id)
    store_report(item, now)
    follow_person(item.user_telegram_id, item.correlation_id, now)
    follow_start(item.user_telegram_id, now, item.correlation_id, anew=anew)


def _store_group(item: GroupChanged, now: datetime) -> None:
    for store in (broadcasts.consumer.store_group, reminders.consumer.store_group):
        store(item, now)


DIALOGS: dict[type, Handling] = {
    ChatStarted: _store_start,
    ChatStopped: store_report,
    LanguageChosen: store_language,
    GroupChanged: _store_group,
    WaitingListJoined: waiting_list.join,
    WaitingListLeft: waiting_list.leave,
    InvitationClaimed: claim_invitation,
    UsernameClaimed: claim_username,
    QuestionnaireAnswered: store_answers,
    PrivacyAccepted: privacy.accept,
    CalendarWanted: give_wanted_calendar,
}
"""Who stores which command of a dialog."""

DELIVERIES: dict[type, list[Storing]] = {
    BroadcastDelivered: [store_broadcast_report],
    NotificationDelivered: [note_blocked, reports.store, store_delivery, keep_sent],
    CardDelivered: [note_blocked, reports.store, store_delivery],
    DigestDelivered: [note_blocked, reports.store, store_digest_report],
}
"""Who stores which report of a delivery, in the order they do it."""


def handlers(receiver: Receiver) -> list[Handler[Any]]:
    """One for each queue towards the admin service."""
    return [BookingEvents(receiver), DeliveryReports(DELIVERIES, receiver), DialogCommands(DIALOGS, receiver)]
