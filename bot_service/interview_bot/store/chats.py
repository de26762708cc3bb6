"""Private chats the bot may write to, and in which language."""

from bson import Int64

from interview_bot.common import clock
from interview_bot.common.database import Database


class Chats:
    """The collection ``chats``; ids are Telegram's, stored as 64-bit integers."""

    def __init__(self, database: Database) -> None:
        self._chats = database["chats"]

    async def remember(self, user_id: int, language: str) -> None:
        """The person writes to the bot, so it may answer, in ``language`` (``ru`` or ``en``)."""
        await self._chats.update_one(
            {"_id": Int64(user_id)},
            {"$set": {"language": language, "reachable": True, "updated_at": clock.now()}},
            upsert=True,
        )

    async def mark_unreachable(self, user_id: int) -> None:
        """The person blocked the bot."""
        await self._chats.update_one(
            {"_id": Int64(user_id)}, {"$set": {"reachable": False, "updated_at": clock.now()}}, upsert=True
        )

    async def told_names(self, user_id: int) -> str | None:
        """The digest of the names that the admin service was last told; None where it was not."""
        chat = await self._chats.find_one({"_id": Int64(user_id)}, {"told_names": 1})
        return None if chat is None else chat.get("told_names")

    async def mark_told_names(self, user_id: int, digest: str) -> None:
        """The admin service has been told these names."""
        await self._chats.update_one({"_id": Int64(user_id)}, {"$set": {"told_names": digest}}, upsert=True)

    async def language(self, user_id: int) -> str:
        """The language the person last wrote in; Russian where unknown."""
        chat = await self._chats.find_one({"_id": Int64(user_id)}, {"language": 1})
        return str(chat["language"]) if chat and "language" in chat else "ru"
