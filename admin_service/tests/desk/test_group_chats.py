"""Groups that are written to follow Telegram: to their new id, and why they can't be written to."""

import uuid
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
from bson import ObjectId
from django.test import Client
from django.urls import reverse

from broadcasts.consumer import store_broadcast_report
from broadcasts.models import AnnouncementChat, Broadcast
from broadcasts.services.chats import save_chat
from broadcasts.services.starting import Announcement, start_broadcast
from common.models import AuditEntry
from common.refusals import RefusedError
from config.consumers import DELIVERIES, DIALOGS
from messaging.models import OutboxMessage
from reminders.models import StaffChat
from scheduling.models import InterviewEvent
from shared_contracts.broadcast import (
    BroadcastCommand,
    BroadcastDelivered,
    ChatTopic,
    ChatTrouble,
    Delivery,
    DeliveryStatus,
    DigestDelivered,
)
from shared_contracts.dialog import GroupChanged

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
OLD, NEW = -4001, -1004001


def envelope(minutes: int = 0) -> dict[str, Any]:
    return {"message_id": uuid.uuid4(), "correlation_id": "c-1", "occurred_at": NOW + timedelta(minutes=minutes)}


def told(minutes: int = 0, **changes: Any) -> None:
    """The bot tells what Telegram says of a group."""
    DIALOGS[GroupChanged](GroupChanged(**envelope(minutes), **changes), NOW)


@pytest.fixture
def chat() -> AnnouncementChat:
    return AnnouncementChat.objects.create(title="Объявления", chat_id=OLD, thread_id=12)


def trouble_of(chat: AnnouncementChat) -> str:
    chat.refresh_from_db()
    return chat.trouble


def test_a_group_is_known_by_its_new_id_and_found_by_the_old_one(
    chat: AnnouncementChat, event: InterviewEvent, desk: Client
) -> None:
    """Guards: ``_move``, ``_rename_chat`` and ``ChatsField`` (a page that was opened before). Sibling: staff's chat."""
    StaffChat.objects.create(chat_id=OLD)
    start_broadcast(str(event.pk), Announcement(text="Раз", chat_ids=(OLD,)), actor="anna")
    for _again in range(2):
        told(chat_id=NEW, moved_from=OLD)
    chat.refresh_from_db()
    assert (chat.chat_id, chat.former_ids, StaffChat.objects.get().chat_id) == (NEW, [OLD], NEW)
    assert Broadcast.objects.get().chat_ids == [NEW]
    assert AuditEntry.objects.filter(action="moved", subject="chat").count() == 1
    page = reverse("admin:scheduling_interviewevent_broadcast", args=[event.pk])
    desk.post(page, {"_confirm": "1", "text": "Два", "chats": [OLD], "audience": "", "city": ""})
    assert [made.chat_ids for made in Broadcast.objects.order_by("created_at")] == [[NEW], [NEW]]


@pytest.mark.parametrize("by_delivery", [False, True])
def test_a_group_that_was_put_down_twice_is_written_to_once(
    chat: AnnouncementChat, event: InterviewEvent, desk: Client, by_delivery: bool
) -> None:
    """The old entry says which one stands for it, and can't be used again, nor its id put down anew. Guards:
    ``SAME_GROUP``, ``replaced_text``, ``written_to``, ``known_as``, ``$pull`` in ``_rename_chat``, ``moved_to`` in
    ``follow_delivery``."""
    other = AnnouncementChat.objects.create(title="Она же", chat_id=NEW)
    start_broadcast(str(event.pk), Announcement(text="Раз", chat_ids=(OLD, NEW)), actor="anna")
    if by_delivery:
        failed = Delivery(chat_id=OLD, status=DeliveryStatus.FAILED, moved_to=NEW)
        broadcast_id = str(Broadcast.objects.get().pk)
        store_broadcast_report(BroadcastDelivered(**envelope(), broadcast_id=broadcast_id, deliveries=[failed]), NOW)
    else:
        told(chat_id=NEW, moved_from=OLD)
    told(1, chat_id=OLD)
    assert Broadcast.objects.get().chat_ids == [NEW]
    shown = desk.get(reverse("admin:broadcasts_announcementchat_changelist")).content.decode()
    assert "“Она же” (-1004001) stands for it" in unescape(shown)
    address = reverse("admin:broadcasts_announcementchat_change", args=[chat.pk])
    for thread_id in ("12", "77"):
        sent = {"title": "Объявления", "chat_id": OLD, "thread_id": thread_id, "is_active": "on"}
        assert "stands for it" in desk.post(address, sent).content.decode()
    again = desk.post(reverse("admin:broadcasts_announcementchat_add"), {"title": "Ещё раз", "chat_id": OLD})
    assert "Already there as" in again.content.decode()
    AnnouncementChat.objects.filter(pk=chat.pk).update(is_active=True)
    page = desk.get(reverse("admin:scheduling_interviewevent_broadcast", args=[event.pk])).content.decode()
    assert f'value="{NEW}"' in page and f'value="{OLD}"' not in page
    with pytest.raises(RefusedError):
        start_broadcast(str(event.pk), Announcement(text="Два", chat_ids=(OLD,)), actor="anna")
    AnnouncementChat.objects.filter(pk=chat.pk).update(is_active=False)
    chat.refresh_from_db()
    other.refresh_from_db()
    assert (chat.is_active, chat.trouble) == (False, "same_group")
    assert (other.is_active, other.former_ids) == (True, [OLD])


@pytest.mark.parametrize(
    ("reports", "trouble"),
    [
        ([{"trouble": ChatTrouble.KICKED}], "kicked"),
        ([{"trouble": ChatTrouble.KICKED}, {}], ""),
        ([{"trouble": ChatTrouble.TOPIC_CLOSED, "thread_id": 12}], "topic_closed"),
        ([{"trouble": ChatTrouble.TOPIC_CLOSED, "thread_id": 12}, {}], "topic_closed"),
        ([{"trouble": ChatTrouble.TOPIC_CLOSED, "thread_id": 12}, {"thread_id": 12}], ""),
        ([{"trouble": ChatTrouble.TOPIC_CLOSED, "thread_id": 13}], ""),
        ([{"trouble": ChatTrouble.NO_RIGHTS}, {"thread_id": 12}], "no_rights"),
    ],
)
def test_why_a_group_cant_be_written_to_is_kept_until_it_can(
    chat: AnnouncementChat, reports: list[dict[str, Any]], trouble: str
) -> None:
    """Guard: ``follow_group``."""
    for minutes, report in enumerate(reports):
        told(minutes, chat_id=OLD, **report)
    assert trouble_of(chat) == trouble


def test_an_older_report_changes_nothing(chat: AnnouncementChat) -> None:
    """Guard: ``heard_at``."""
    told(5, chat_id=OLD)
    told(1, chat_id=OLD, trouble=ChatTrouble.KICKED)
    assert trouble_of(chat) == ""


def test_what_became_of_a_message_says_it_too(chat: AnnouncementChat, desk: Client, event: InterviewEvent) -> None:
    """Guards: ``follow_delivery``, and ``_chat_label``: staff see it where they choose the chat.

    The summary goes to the group itself, so a closed topic is no trouble of it; the bot's removal is.
    """
    StaffChat.objects.create(chat_id=OLD)
    failed: dict[str, Any] = {"chat_id": OLD, "status": DeliveryStatus.FAILED}
    sent: dict[str, Any] = {"chat_id": OLD, "status": DeliveryStatus.SENT}
    ends = [
        (Delivery(**failed, trouble=ChatTrouble.TOPIC_CLOSED, thread_id=12), "topic_closed", ""),
        (Delivery(**sent), "topic_closed", ""),
        (Delivery(**failed, trouble=ChatTrouble.TOPIC_GONE, thread_id=13), "topic_closed", ""),
        (Delivery(**sent, thread_id=12), "", ""),
        (Delivery(**failed, trouble=ChatTrouble.TOPIC_CLOSED), "", "topic_closed"),
        (Delivery(**failed, trouble=ChatTrouble.KICKED, thread_id=13), "kicked", "kicked"),
        (Delivery(**sent), "", ""),
    ]
    for minutes, (end, trouble, of_staffs) in enumerate(ends):
        report = BroadcastDelivered(**envelope(minutes), broadcast_id=str(ObjectId()), deliveries=[end])
        store_broadcast_report(report, NOW)
        for store in DELIVERIES[DigestDelivered]:
            store(DigestDelivered(**envelope(minutes), digest_id=str(ObjectId()), delivery=end), NOW)
        assert (trouble_of(chat), StaffChat.objects.get().trouble) == (trouble, of_staffs)
        shown = [
            desk.get(address).content.decode()
            for address in (
                reverse("admin:broadcasts_announcementchat_changelist"),
                reverse("admin:broadcasts_announcementchat_change", args=[chat.pk]),
                reverse("admin:scheduling_interviewevent_broadcast", args=[event.pk]),
            )
        ]
        assert ["the topic is closed" in page for page in shown] == [trouble == "topic_closed"] * 3


def test_an_announcement_names_its_chats_topic(chat: AnnouncementChat, event: InterviewEvent, desk: Client) -> None:
    """Guards: ``ChatTopic`` in the command, and ``TopicField``: the number or the topic's link, for General none."""
    page = reverse("admin:broadcasts_announcementchat_change", args=[chat.pk])
    for given, kept in (("https://t.me/c/4001/77", 77), ("https://t.me/c/4001/1", None), ("78", 78)):
        desk.post(page, {"title": "Объявления", "chat_id": OLD, "thread_id": given, "is_active": "on"})
        chat.refresh_from_db()
        assert chat.thread_id == kept
    start_broadcast(str(event.pk), Announcement(text="Раз", chat_ids=(OLD,)), actor="anna")
    [row] = OutboxMessage.objects.filter(queue="bot.broadcast.command")
    command = BroadcastCommand.model_validate_json(row.body)
    assert command.topics == [ChatTopic(chat_id=OLD, thread_id=78)]


def test_another_group_is_not_in_the_trouble_of_the_one_before(chat: AnnouncementChat) -> None:
    """Guard: ``save_chat``."""
    told(chat_id=OLD, trouble=ChatTrouble.KICKED)
    chat.refresh_from_db()
    chat.chat_id = -4002
    save_chat(chat, actor="anna")
    assert trouble_of(chat) == ""


def test_a_group_that_is_there_already_is_named_with_a_link(desk: Client, chat: AnnouncementChat) -> None:
    """Guard: ``clean_chat_id``; another of the same chat in other words is none."""
    page = desk.post(reverse("admin:broadcasts_announcementchat_add"), {"title": "Ещё раз", "chat_id": OLD})
    address = reverse("admin:broadcasts_announcementchat_change", args=[chat.pk])
    assert f'Already there as <a href="{address}">Объявления</a>.' in page.content.decode()
    assert "Chat id" in page.content.decode() and AnnouncementChat.objects.count() == 1
