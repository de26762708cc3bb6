"""Private chats the bot may write to, and in which language."""

from bson import Int64
from pymongo import ReturnDocument

from interview_bot.common import clock
from interview_bot.common.database import Database


class Chats:
    """The collection ``chats``; ids are Telegram's, stored as 64-bit integers."""

    def __init__(self, database: Database) -> None:
        self._chats = database["chats"]

    async def remember(self, user_id: int, language: str) -> str | None:
        """The person writes to the bot, so it may answer; Telegram's language there is ``language`` (``ru`` or ``en``).

        Returns: the language they have chosen, which wins; None while they have not.
        """
        chat = await self._chats.find_one_and_update(
            {"_id": Int64(user_id)},
            {"$set": {"language": language, "reachable": True, "updated_at": clock.now()}},
            upsert=True,
            return_document=ReturnDocument.AFTER,
        )
        return chat.get("chosen_language") if chat else None

    async def choose_language(self, user_id: int, language: str) -> None:
        """The person wants to be written to in this language, whatever Telegram says."""
        await self._chats.update_one(
            {"_id": Int64(user_id)}, {"$set": {"chosen_language": language, "updated_at": clock.now()}}, upsert=True
        )

    async def chosen_language(self, user_id: int) -> str | None:
        """The language they have chosen, None while they have not."""
        chat = await self._chats.find_one({"_id": Int64(user_id)}, {"chosen_language": 1})
        return None if chat is None else chat.get("chosen_language")

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

    async def language(self, user_id: int, seen: str | None = None) -> str:
        """The language to write to them in: the one they have chosen; else ``seen``, or that which they last wrote in.

        Russian where nothing is known.
        """
        fields = {"language": 1, "chosen_language": 1}
        chat = await self._chats.find_one({"_id": Int64(user_id)}, fields) or {}
        return str(chat.get("chosen_language") or seen or chat.get("language") or "ru")
