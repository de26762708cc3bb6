"""What chat tells about the staff's chat."""

from datetime import datetime

from common.group_chats import follow_delivery, follow_group
from shared_contracts.broadcast import DigestDelivered
from shared_contracts.dialog import GroupChanged


def store_group(item: GroupChanged, now: datetime) -> None:
    """Keep what Telegram says of the group in which staff read the summary."""
    follow_group("staff_chat", "staff_chat", item, now)


def store_digest_report(item: DigestDelivered, now: datetime) -> None:
    """Keep what the summary's way says of its group."""
    follow_delivery("staff_chat", "staff_chat", item.delivery, item.correlation_id, item.occurred_at, now)
