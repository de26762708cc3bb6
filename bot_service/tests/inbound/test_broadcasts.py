"""FR1: announcements to chats and to people."""

from datetime import timedelta
from uuid import uuid4

import pytest
from redis.asyncio import Redis
from telegram.error import BadRequest, Forbidden, TelegramError

from interview_bot.application import BotService
from interview_bot.common import clock
from interview_bot.common.database import Database
from interview_bot.store.deliveries import Deliveries
from interview_bot.telegram.errors import trouble_of_group
from shared_contracts.broadcast import (
    BroadcastCommand,
    BroadcastDelivered,
    BroadcastState,
    ChatTopic,
    ChatTrouble,
    Delivery,
    DeliveryStatus,
)
from shared_contracts.notification import CacheName
from shared_contracts.transport.topology import BROADCAST_COMMAND
from tests.kit.desk import EVENT, Desk
from tests.kit.telegram import GROUP, Person, Sandbox, eventually


def announcement(**changes: object) -> BroadcastCommand:
    """Staff pressed Broadcast."""
    values: dict[str, object] = {
        "message_id": uuid4(),
        "correlation_id": "desk",
        "occurred_at": clock.now(),
        "broadcast_id": uuid4().hex[:24],
        "event_id": EVENT.id,
        "message_text": "Открыта запись на <стажировку> & не только!",
    }
    return BroadcastCommand.model_validate(values | changes)


def repeat(command: BroadcastCommand, state: BroadcastState, revision: int) -> BroadcastCommand:
    """Staff pressed Pause, Resume or Cancel."""
    return command.model_copy(update={"message_id": uuid4(), "state": state, "revision": revision})


async def finished(desk: Desk, broadcast_id: str, seconds: float = 20) -> list[Delivery]:
    """Wait until the broadcast is reported finished; all its deliveries."""

    async def look() -> bool:
        ended = [e for e in desk.delivery_events if isinstance(e, BroadcastDelivered) and e.finished]
        return broadcast_id in [event.broadcast_id for event in ended]

    await eventually(look, "the broadcast is finished", seconds)
    events = [e for e in desk.delivery_events if isinstance(e, BroadcastDelivered) and e.broadcast_id == broadcast_id]
    return [delivery for event in events for delivery in event.deliveries]


async def test_a_group_gets_the_announcement_with_a_deep_link(anna: Person, desk: Desk) -> None:
    """FR1, FR3: the link leads to the event's slots in the private chat; the group's message stays as it is."""
    command = announcement(chat_ids=[GROUP])
    await desk.send(BROADCAST_COMMAND.name, command)
    [delivery] = await finished(desk, command.broadcast_id)
    assert delivery.status is DeliveryStatus.SENT
    [message] = await anna.sandbox.messages(GROUP)
    assert message.text == command.message_text
    [button] = message.buttons
    await anna.follows(button["url"])
    await anna.sees("Выберите удобное время")
    assert await anna.sandbox.messages(GROUP) == [message]


async def test_a_chat_that_telegram_pauses_holds_neither_the_others_nor_the_next_broadcast(
    sandbox: Sandbox, desk: Desk, bot: BotService, redis: Redis
) -> None:
    """Guards: ``put_off`` for the others, ``_ChatsWaitError`` for the next; a refusal of the chat's counts no try."""
    people = [await sandbox.person(1200 + number, f"Кандидат {number}") for number in range(3)]
    for person in people:
        await person.writes("/start")
        await person.sees("приглашённых")
    await redis.set(f"flow:pause:{GROUP}", 600_000, px=600_000)
    first = announcement(chat_ids=[GROUP, *(person.id for person in people)])
    await desk.send(BROADCAST_COMMAND.name, first)
    for person in people:
        await person.sees("Открыта запись")
    second = announcement(chat_ids=[people[0].id], message_text="Вторая рассылка")
    await desk.send(BROADCAST_COMMAND.name, second)
    await people[0].sees("Вторая рассылка")
    assert await sandbox.messages(GROUP) == []
    await redis.delete(f"flow:pause:{GROUP}")
    await bot._database["deliveries"].update_many({"chat_id": GROUP}, {"$set": {"due_at": clock.now()}})
    ends = await finished(desk, first.broadcast_id)
    assert {delivery.status for delivery in ends} == {DeliveryStatus.SENT}


async def test_a_broadcasts_lease_from_a_clock_that_was_put_back_holds_nothing(
    anna: Person, desk: Desk, bots_database: Database
) -> None:
    """Guard: ``due`` with ``leased_at``."""
    await anna.writes("/start")
    await anna.sees("Выберите")
    ahead = clock.now() + timedelta(minutes=5)
    command = announcement(chat_ids=[anna.id])
    row = {
        "_id": command.broadcast_id,
        "event_id": command.event_id,
        "text": command.message_text,
        "chat_ids": [anna.id],
        "listed": True,
        "next": None,
        "correlation_id": "desk",
        "owner": "dead",
        "lease_until": ahead + timedelta(seconds=9),
        "leased_at": ahead,
        "finished_at": None,
    }
    await Deliveries(bots_database).add(command.broadcast_id, [anna.id])
    await bots_database["broadcasts"].insert_one(row)
    await anna.sees("Открыта запись")


async def test_people_get_a_button_that_edits_the_announcement(anna: Person, desk: Desk) -> None:
    """FR1, FR3: Sign up edits the message in place."""
    await anna.writes("/start")
    await anna.sees("Выберите")
    desk.audience = [1001]
    command = announcement(audience="all")
    await desk.send(BROADCAST_COMMAND.name, command)
    message = await anna.sees("Открыта запись на <стажировку> & не только!")
    await anna.presses(message, "Записаться")
    assert (await anna.sees("Выберите удобное время")).id == message.id


async def test_each_reads_it_in_their_language_and_who_presses_is_told_once(
    sandbox: Sandbox, anna: Person, desk: Desk
) -> None:
    """A test is in the language that is tried out.

    Guards: ``_message`` for the languages; ``note_press``, and ``unpressed`` for once.
    """
    john = await sandbox.person(1302, "John", language="en")
    desk.allow(john.id)
    for person, greeting in ((anna, "Выберите"), (john, "Choose")):
        await person.writes("/start")
        await person.sees(greeting)
    command = announcement(chat_ids=[anna.id, john.id, GROUP], texts={"en": "Sign-up is open"})
    await desk.send(BROADCAST_COMMAND.name, command)
    assert "Открыта запись" in (await anna.sees("Открыта запись")).text
    message = await john.sees("Sign-up is open")
    await finished(desk, command.broadcast_id)
    assert (await sandbox.messages(GROUP))[-1].text == command.message_text

    def pressed() -> list[int]:
        told = [e for e in desk.delivery_events if isinstance(e, BroadcastDelivered)]
        return [person for event in told if event.broadcast_id == command.broadcast_id for person in event.pressed]

    async def is_told() -> bool:
        return pressed() == [john.id]

    await john.presses(message, "Sign up")
    await john.sees("Choose", message.id)
    await eventually(is_told, "the desk is told")
    await john.presses(message, "Sign up")
    await anna.presses(await anna.sees("Открыта запись"), "Записаться")

    async def both() -> bool:
        return pressed() == [john.id, anna.id]

    await eventually(both, "each is told once")
    await desk.send(BROADCAST_COMMAND.name, announcement(chat_ids=[anna.id], message_text="A test", language="en"))
    assert "Sign up" in (await anna.sees("A test")).labels


async def test_a_broadcast_waits_when_told_to_and_goes_on_where_it_was(
    sandbox: Sandbox, anna: Person, desk: Desk, bots_database: Database
) -> None:
    """Guards: ``_goes_on`` and the revision it compares, in ``_list_more``, too; the state in ``_lease``, that in
    ``accept``: an older wish changes nothing; and ``_ask_anew``, ``listed_at`` in ``_asked``: who has left the audience
    meanwhile gets nothing.
    """
    people = [await sandbox.person(3100 + number, f"Кандидат {number}") for number in range(60)]
    for person in people:
        desk.allow(person.id)
    desk.audience = [person.id for person in people]
    command = announcement(audience="all")
    await desk.send(BROADCAST_COMMAND.name, command)

    async def rows(*statuses: str) -> int:
        return await bots_database["deliveries"].count_documents(
            {"broadcast_id": command.broadcast_id, "status": {"$in": statuses}}
        )

    async def begun() -> bool:
        return await rows("blocked", "failed", "sent") > 2

    await eventually(begun, "the first are through")
    await desk.send(BROADCAST_COMMAND.name, repeat(command, BroadcastState.PAUSED, 3))

    async def reported() -> bool:
        told = [e for e in desk.delivery_events if isinstance(e, BroadcastDelivered)]
        done = sum(len(event.deliveries) for event in told if event.broadcast_id == command.broadcast_id)
        return done == await rows("blocked", "failed", "sent") and await rows("claimed") == 0 and done > 0

    await eventually(reported, "what went out before is told")
    left = await rows("pending")
    await desk.send(BROADCAST_COMMAND.name, repeat(command, BroadcastState.SENDING, 2))
    other = announcement(chat_ids=[GROUP])
    await desk.send(BROADCAST_COMMAND.name, other)
    await finished(desk, other.broadcast_id)
    assert await rows("pending") == left > 0

    waiting = {"broadcast_id": command.broadcast_id, "status": "pending"}
    has_left = [row["chat_id"] async for row in bots_database["deliveries"].find(waiting)][:1]
    desk.audience = [person.id for person in people if person.id not in has_left]
    await desk.send(BROADCAST_COMMAND.name, repeat(command, BroadcastState.SENDING, 4))
    ends = await finished(desk, command.broadcast_id)
    assert sorted(delivery.chat_id for delivery in ends) == sorted(desk.audience)


async def test_a_cancelled_broadcast_writes_to_nobody_else_and_is_finished(desk: Desk, anna: Person) -> None:
    """Guard: the state in ``_goes_on``. Also where the wish overtakes the broadcast itself."""
    desk.audience = [1001]
    command = announcement(audience="all")
    await desk.send(BROADCAST_COMMAND.name, repeat(command, BroadcastState.CANCELLED, 1))
    await desk.send(BROADCAST_COMMAND.name, command)
    assert await finished(desk, command.broadcast_id) == []


async def test_everyone_is_written_to_once_and_those_who_blocked_are_recorded(
    sandbox: Sandbox, anna: Person, desk: Desk, bots_database: Database
) -> None:
    """Recipients come in pages; a person on two of them, and a command sent twice, get one message. One of them is off
    the allow list by then. Guard: ``_is_let_in``."""
    people = [await sandbox.person(2000 + number, f"Кандидат {number}") for number in range(8)]
    for person in people:
        desk.allow(person.id)
        await person.writes("/start")
        await person.sees("Выберите")
    await people[3].blocks()
    desk.allow(2999)  # never pressed Start
    desk.allow(people[7].id, allowed=False)
    await desk.invalidate(CacheName.ALLOWED_USERS)
    desk.audience = [person.id for person in people] + [people[0].id, 2999]
    command = announcement(audience="all")
    await desk.send(BROADCAST_COMMAND.name, command)
    await desk.send(BROADCAST_COMMAND.name, command.model_copy(update={"message_id": uuid4()}))
    deliveries = {delivery.chat_id: delivery for delivery in await finished(desk, command.broadcast_id)}
    assert set(deliveries) == {2999, *(person.id for person in people[:7])}
    assert deliveries[people[3].id].status is DeliveryStatus.BLOCKED
    assert deliveries[2999].status in {DeliveryStatus.BLOCKED, DeliveryStatus.FAILED}
    for person in [*people[:3], *people[4:7]]:
        sent = [message for message in await person.messages() if "Открыта запись" in message.text]
        assert [message.id for message in sent] == [deliveries[person.id].telegram_message_id]
    chat = await bots_database["chats"].find_one({"_id": people[3].id})
    assert chat is not None
    assert not chat["reachable"]


async def test_a_broadcast_stays_within_telegrams_limits_and_obeys_429(
    sandbox: Sandbox, anna: Person, desk: Desk
) -> None:
    """Guards: the shared rate limiter (without it the sandbox answers 429 often) and its waiting after a 429."""
    people = [await sandbox.person(3000 + number, f"Кандидат {number}") for number in range(45)]
    for person in people:
        desk.allow(person.id)
        await person.writes("/start")
    for person in people:
        await person.sees("Выберите", seconds=20)
    await sandbox.limits(enabled=True)
    desk.audience = [person.id for person in people]
    command = announcement(audience="all")
    await sandbox.fault("sendMessage", error_code=429, retry_after=1)
    await desk.send(BROADCAST_COMMAND.name, command)
    deliveries = await finished(desk, command.broadcast_id)
    assert {delivery.status for delivery in deliveries} == {DeliveryStatus.SENT}
    assert len(deliveries) == 45
    calls = [call for call in await sandbox.calls("sendMessage") if "Открыта" in str(call)]
    assert len(calls) == 46, "45 sent, one of them after the ordered 429"


async def test_an_unanswered_message_is_reported_uncertain_and_not_repeated(
    sandbox: Sandbox, anna: Person, desk: Desk
) -> None:
    """``TimedOut`` may mean delivered."""
    await anna.writes("/start")
    await anna.sees("Выберите")
    desk.audience = [1001]
    await sandbox.fault("sendMessage", mode="drop_after_apply")
    command = announcement(audience="all")
    await desk.send(BROADCAST_COMMAND.name, command)
    [delivery] = await finished(desk, command.broadcast_id)
    assert delivery.status is DeliveryStatus.UNCERTAIN
    assert sum("Открыта" in message.text for message in await anna.messages()) == 1


async def test_a_broadcast_waits_for_the_admin_service_to_name_the_people(anna: Person, desk: Desk) -> None:
    """The API is down while recipients are paged."""
    await anna.writes("/start")
    await anna.sees("Выберите")
    desk.audience = [1001]
    desk.down = True
    command = announcement(audience="all")
    before = len(desk.asked)
    await desk.send(BROADCAST_COMMAND.name, command)

    async def asked() -> bool:
        return any("recipients" in path for path in desk.asked[before:])

    await eventually(asked, "recipients asked for")
    desk.down = False
    await anna.sees("Открыта запись", seconds=15)


async def test_a_broadcast_to_nobody_is_finished_too(anna: Person, desk: Desk) -> None:
    """The desk must not wait for ever."""
    command = announcement(audience="all")
    await desk.send(BROADCAST_COMMAND.name, command)
    assert await finished(desk, command.broadcast_id) == []


async def test_an_announcement_follows_a_group_that_became_a_supergroup_and_is_sent_once(
    sandbox: Sandbox, anna: Person, desk: Desk
) -> None:
    """Guard: ``Deliveries.move``. The group's topic, and a second entry for the same group, come along."""
    await sandbox.control("/groups", chat_id=-7001, title="Команда", type="group")
    await sandbox.control("/groups/-7001/upgrade", user_id=anna.id, new_chat_id=-1007001)
    command = announcement(chat_ids=[-7001])
    await desk.send(BROADCAST_COMMAND.name, command)
    [delivery] = await finished(desk, command.broadcast_id)
    assert (delivery.chat_id, delivery.moved_from, delivery.status) == (-1007001, -7001, DeliveryStatus.SENT)
    both = announcement(chat_ids=[-7001, -1007001])
    await desk.send(BROADCAST_COMMAND.name, both)
    ends = {
        delivery.chat_id: (delivery.status, delivery.moved_to) for delivery in await finished(desk, both.broadcast_id)
    }
    assert ends == {-1007001: (DeliveryStatus.SENT, None), -7001: (DeliveryStatus.FAILED, -1007001)}
    assert len(await sandbox.messages(-1007001)) == 2


async def test_an_announcement_goes_to_its_topic_and_says_why_a_group_takes_none(
    sandbox: Sandbox, anna: Person, desk: Desk
) -> None:
    """Guards: ``_topic_of`` and ``trouble_of_group``."""
    await sandbox.control("/groups", chat_id=-1007002, title="Форум", is_forum=True)
    topic = await sandbox.control("/groups/-1007002/topics", user_id=anna.id, name="Набор")
    topics = [ChatTopic(chat_id=-1007002, thread_id=topic)]
    troubles = []
    for state in ("open", "closed", "deleted"):
        await sandbox.control(f"/groups/-1007002/topics/{topic}", "PUT", user_id=anna.id, state=state)
        command = announcement(chat_ids=[-1007002], topics=topics)
        await desk.send(BROADCAST_COMMAND.name, command)
        [delivery] = await finished(desk, command.broadcast_id)
        troubles.append((delivery.status.value, delivery.trouble))
        assert delivery.thread_id == topic
    assert troubles == [("sent", None), ("failed", ChatTrouble.TOPIC_CLOSED), ("failed", ChatTrouble.TOPIC_GONE)]
    rows = await sandbox.get("/chats/-1007002/messages")
    assert [row["message_thread_id"] for row in rows if row["from"] == "bot"] == [topic]


@pytest.mark.parametrize(
    ("error", "trouble"),
    [
        (Forbidden("Forbidden: bot was kicked from the supergroup chat"), ChatTrouble.KICKED),
        (Forbidden("Forbidden: bot is not a member of the channel chat"), ChatTrouble.KICKED),
        (BadRequest("Not enough rights to send text messages to the chat"), ChatTrouble.NO_RIGHTS),
        (BadRequest("Need administrator rights in the channel chat"), ChatTrouble.NO_RIGHTS),
        (BadRequest("Chat_write_forbidden"), ChatTrouble.NO_RIGHTS),
        (BadRequest("Topic_closed"), ChatTrouble.TOPIC_CLOSED),
        (BadRequest("Message thread not found"), ChatTrouble.TOPIC_GONE),
        (BadRequest("Chat not found"), ChatTrouble.GONE),
        (BadRequest("Message is too long"), None),
    ],
)
def test_why_a_group_takes_no_message_is_told_by_the_refusal(error: TelegramError, trouble: ChatTrouble | None) -> None:
    """Guard: ``trouble_of_group``."""
    assert trouble_of_group(error) is trouble
