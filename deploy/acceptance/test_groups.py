"""Groups move, and put the bot out: what Telegram says of them reaches the desk, and the next announcement."""

from acceptance.desk import Desk
from acceptance.driving import Chats, eventually

OLD, NEW = -4_000_001, -1_009_000_000_001
TITLE = "Новости филиала"
CHATS = "broadcasts/announcementchat/"


def test_a_group_that_moved_gets_the_next_announcement_and_one_that_put_the_bot_out_is_flagged(
    chats: Chats, desk: Desk
) -> None:
    """Guards: ``migrate_to_chat_id``, ``my_chat_member``. Both without a word from anybody at the desk."""
    chats.person(1001)
    chats.post("/sandbox/groups", {"chat_id": OLD, "title": TITLE, "type": "group"})
    desk.save_announcement_chat(TITLE, OLD)
    try:
        chats.post(f"/sandbox/groups/{OLD}/upgrade", {"user_id": 1001, "new_chat_id": NEW})
        eventually(lambda: str(NEW) in desk.rows_of(CHATS), "the desk knows where the group is now")
        assert str(OLD) not in desk.rows_of(CHATS)

        desk.broadcast("Мы переехали", to_everyone=False, to_chat=TITLE)
        eventually(lambda: "Finished" in desk.broadcast_page(), "the broadcast is finished")
        assert [message.text for message in chats.messages(NEW)].count("Мы переехали") == 1
        assert "Мы переехали" not in [message.text for message in chats.messages(OLD)]

        chats.post(f"/sandbox/groups/{NEW}/bot", {"user_id": 1001, "status": "kicked"})
        eventually(lambda: "the bot was removed" in desk.rows_of(CHATS).lower(), "the desk says why")
    finally:
        desk.save_announcement_chat(TITLE, is_active=False)
