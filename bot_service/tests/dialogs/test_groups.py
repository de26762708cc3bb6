"""What groups tell of themselves, commands there, and what nobody said to the bot."""

import pytest

from interview_bot.application import BotService
from interview_bot.dialogs.context import ALL_COMMANDS
from shared_contracts.broadcast import ChatTrouble
from shared_contracts.dialog import GroupChanged
from tests.kit.desk import Desk
from tests.kit.telegram import GROUP, Person, Sandbox, eventually

TEAM, TEAM_NOW, FORUM = -7001, -1007001, -1007002


async def told(desk: Desk, count: int = 1) -> list[GroupChanged]:
    """What the admin service was told of groups, once there is so much."""

    async def look() -> list[GroupChanged] | None:
        found = [command for command in desk.dialog_commands if isinstance(command, GroupChanged)]
        return found if len(found) >= count else None

    return await eventually(look, f"{count} reports of groups")


async def answers(sandbox: Sandbox, chat_id: int, count: int = 1) -> list[int | None]:
    """The topics of the bot's answers in a group, once there are so many."""

    async def look() -> list[int | None] | None:
        rows = [row for row in await sandbox.get(f"/chats/{chat_id}/messages") if row["from"] == "bot"]
        return [row["message_thread_id"] for row in rows] if len(rows) >= count else None

    return await eventually(look, f"{count} answers")


async def test_a_group_that_became_a_supergroup_is_told_by_its_old_and_new_id(
    sandbox: Sandbox, anna: Person, desk: Desk
) -> None:
    """Guard: ``tells_of_group``. Telegram says it in both chats; either alone is enough."""
    await sandbox.control("/groups", chat_id=TEAM, title="Команда", type="group")
    await sandbox.control(f"/groups/{TEAM}/upgrade", user_id=anna.id, new_chat_id=TEAM_NOW)
    for report in await told(desk, 2):
        assert (report.chat_id, report.moved_from, report.trouble) == (TEAM_NOW, TEAM, None)


@pytest.mark.parametrize(("status", "trouble"), [("kicked", ChatTrouble.KICKED), ("restricted", ChatTrouble.NO_RIGHTS)])
async def test_what_the_bot_may_do_in_a_group_is_told(
    sandbox: Sandbox, anna: Person, desk: Desk, status: str, trouble: ChatTrouble
) -> None:
    """Guard: ``_trouble``; and that it may again."""
    for now in (status, "member"):
        await sandbox.control(f"/groups/{GROUP}/bot", user_id=anna.id, status=now)
    first, second = await told(desk, 2)
    assert (first.chat_id, first.trouble, first.thread_id) == (GROUP, trouble, None)
    assert (second.chat_id, second.trouble) == (GROUP, None)


async def test_a_closed_topic_is_told_and_answers_stay_in_their_topic(
    sandbox: Sandbox, anna: Person, desk: Desk
) -> None:
    """Guard: ``is_topic_message``: a reply's thread is no topic, and its answer goes to the chat itself."""
    await sandbox.control("/groups", chat_id=FORUM, title="Форум", is_forum=True)
    topic = await sandbox.control(f"/groups/{FORUM}/topics", user_id=anna.id, name="Набор")
    await anna.writes("/start", FORUM, topic)
    assert await answers(sandbox, FORUM) == [topic]
    for state in ("closed", "open"):
        await sandbox.control(f"/groups/{FORUM}/topics/{topic}", "PUT", user_id=anna.id, state=state)
    closed, opened = await told(desk, 2)
    assert (closed.chat_id, closed.thread_id, closed.trouble) == (FORUM, topic, ChatTrouble.TOPIC_CLOSED)
    assert (opened.thread_id, opened.trouble) == (topic, None)


async def test_commands_of_candidates_and_recruiters_lead_from_a_group_into_the_private_chat(
    sandbox: Sandbox, anna: Person, desk: Desk
) -> None:
    """Guard: ``is_meant_for_us``. Another bot's command and an edited one are nobody's business."""
    assert "requests" in ALL_COMMANDS
    await anna.writes("/weather", GROUP)
    await anna.writes("/weather@other_bot", GROUP)
    await anna.writes("/requests", GROUP)
    await anna.writes("/whatever@slotdesk_demo_bot", GROUP)
    await answers(sandbox, GROUP, 2)
    shown = await sandbox.messages(GROUP)
    links = [str(message.buttons[0]["url"]).removeprefix("https://t.me/slotdesk_demo_bot") for message in shown]
    assert sorted(links) == ["", "?start=c_requests"]
    replied = await sandbox._post(
        "/messages", {"user_id": anna.id, "text": "/help", "chat_id": GROUP, "reply_to_message_id": shown[0].id}
    )
    await sandbox.control("/edits", user_id=anna.id, chat_id=GROUP, message_id=replied["message_id"], text="/contact")
    assert await answers(sandbox, GROUP, 3) == [None, None, None]
    await anna.writes("/help")
    await anna.sees("/mybooking")
    assert len(await sandbox.messages(GROUP)) == 3


async def test_what_nobody_said_to_the_bot_is_not_answered_and_an_album_once(
    sandbox: Sandbox, anna: Person, desk: Desk, bot: BotService
) -> None:
    """Guards: ``is_said_by_person`` and ``first_of_album``."""
    await anna.writes("/contact")
    shown = await anna.sees("Напишите сюда")
    for kind in ("pinned_message", "message_auto_delete_timer_changed"):
        await sandbox.control("/service-messages", user_id=anna.id, kind=kind, message_id=shown.id)
    await sandbox.control("/albums", user_id=anna.id, photos=3, caption="Это я")
    await anna.writes("/help")

    async def look() -> bool:
        return "/mybooking" in (await anna.messages())[-1].text and len(await anna.messages()) >= 3

    await eventually(look, "the last answer")
    assert len(await anna.messages()) == 3
