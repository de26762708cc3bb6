"""What the bot has taken from its queues."""

from prometheus_client import REGISTRY

from interview_bot.common.database import Database
from tests.kit.telegram import eventually


async def handled(bots_database: Database, queue: str, count: int) -> None:
    """Wait until that many different messages of a queue are done."""

    async def look() -> bool:
        done = {"_id": {"$regex": f"^{queue}:"}, "done_at": {"$type": "date"}}
        return await bots_database["inbox"].count_documents(done) >= count

    await eventually(look, f"{count} messages of {queue} handled")


def repeats(queue: str) -> float:
    """How many messages of a queue this process has recognised as repeats."""
    labels = {"queue": queue, "outcome": "repeated"}
    return REGISTRY.get_sample_value("slotdesk_bot_messages_total", labels) or 0.0
