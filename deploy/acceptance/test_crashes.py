"""Nothing is lost or doubled when a process or a server dies at the worst moment (I1, I2, I3, I5)."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from acceptance.desk import Desk
from acceptance.driving import BOOKED, CONFIRM, Chats, Message, Person, Store, eventually
from local.stack import Stack

PEOPLE = range(1011, 1019)


@pytest.fixture
def waiting(chats: Chats) -> list[tuple[Person, Message]]:
    """Eight candidates, each with a finger over Confirm."""
    people = [chats.person(number, f"Кандидат {number}") for number in PEOPLE]
    return [(person, person.opens_details()) for person in people]


def press_all(waiting: list[tuple[Person, Message]]) -> None:
    with ThreadPoolExecutor(len(waiting)) as pool:
        list(pool.map(lambda pair: pair[0].presses(pair[1], CONFIRM), waiting))


def answered(person: Person, message: Message) -> str:
    """The final text under a press; a seat may be lost to another, but an answer comes."""

    def look() -> str | None:
        shown = next((item for item in person.messages() if item.id == message.id), None)
        final = shown is not None and (BOOKED in shown.text or "только что заняли" in shown.text)
        return shown.text if shown and final else None

    try:
        return eventually(look, f"{person.id} gets a final answer")
    except AssertionError as error:
        raise AssertionError(f"{error}; shown: {[m.text for m in person.messages()][-2:]}") from None


def assert_all_answered(waiting: list[tuple[Person, Message]], store: Store) -> None:
    for person, message in waiting:
        told = BOOKED in answered(person, message)
        assert len(store.bookings_of(person.id)) == told, "I2: told and stored agree"
    assert store.broken_rules() == []
    for person, _message in waiting:
        if store.bookings_of(person.id):
            person.cancels()


@pytest.mark.parametrize("process", ["consumer", "relay", "bot", "web", "api", "gateway", "worker"])
def test_a_process_killed_among_presses_loses_and_doubles_nothing(
    process: str, stack: Stack, store: Store, waiting: list[tuple[Person, Message]]
) -> None:
    """Guards: acknowledge after commit, inbox, outbox on both sides."""
    with ThreadPoolExecutor(1) as pool:
        presses = pool.submit(press_all, waiting)
        stack.kill(process)
        presses.result()
    stack.wait_for(process, seconds=60)

    assert_all_answered(waiting, store)


def test_a_consumer_killed_three_times_in_a_row_loses_and_doubles_nothing(
    stack: Stack, store: Store, waiting: list[tuple[Person, Message]]
) -> None:
    press_all(waiting[:4])
    stack.kill("consumer")
    press_all(waiting[4:])
    for _ in range(2):
        stack.wait_for("consumer", seconds=60)
        stack.kill("consumer")
    stack.wait_for("consumer", seconds=60)

    assert_all_answered(waiting, store)


def test_presses_while_the_broker_is_away_wait_and_are_answered_when_it_is_back(
    stack: Stack, store: Store, waiting: list[tuple[Person, Message]]
) -> None:
    """I5. Guard: the bot's own outbox."""
    with stack.without("rabbitmq"):
        press_all(waiting)
        for person, message in waiting:
            person.sees("Сохранили, но прямо сейчас", message.id)

    assert_all_answered(waiting, store)


def test_presses_while_mongodb_is_away_are_told_plainly_and_work_again_after_it(
    stack: Stack, store: Store, waiting: list[tuple[Person, Message]]
) -> None:
    """I5: the press itself is answered; pressed again it is booked."""
    person, message = waiting[0]
    with stack.without("mongod"):
        query = person.presses(message, CONFIRM)
        assert person.answer_to(query)
    stack.wait_for("consumer", seconds=60)

    def pressed_again() -> bool:
        person.presses_data(message, message.buttons[0]["callback_data"])
        return any(BOOKED in item.text for item in person.messages() if item.id == message.id)

    eventually(pressed_again, "a press after the outage is booked")
    assert len(store.bookings_of(person.id)) == 1
    person.cancels()


def test_redis_restarting_costs_a_dialog_at_most_never_a_booking(stack: Stack, store: Store, chats: Chats) -> None:
    anna = chats.person(1019, "Алла")
    anna.books()
    stack.restart("redis")

    anna.writes("/mybooking")
    anna.sees("Ваша запись")
    assert len(store.bookings_of(1019)) == 1
    anna.cancels()


def test_a_broadcast_begun_while_the_relay_is_down_goes_out_once(
    stack: Stack, desk: Desk, chats: Chats, store: Store
) -> None:
    """FR1, I2."""
    everyone = [chats.person(number, f"Кандидат {number}") for number in PEOPLE]
    for person in everyone:
        person.opens_slots()
    with stack.without("relay"):
        desk.broadcast("Один раз каждому", to_everyone=True)

    for person in everyone:
        person.sees("Один раз каждому")
    eventually(lambda: store.db.broadcasts.count_documents({"status": {"$ne": "finished"}}) == 0, "all finished")
    for person in everyone:
        assert sum("Один раз каждому" in message.text for message in person.messages()) == 1


def test_a_broadcast_is_seen_before_it_is_sent_and_waits_while_it_is_paused_over_a_kill_of_the_bot(
    stack: Stack, desk: Desk, chats: Chats, store: Store
) -> None:
    """FR1. Guards: ``as_html`` and ``BUTTONS`` of the preview, ``Reach``, ``steer``, the job's state in the bot."""
    everyone = [chats.person(number, f"Кандидат {number}") for number in PEOPLE]
    reached = {"is_allowed": True, "started_at": {"$ne": None}, "blocked_at": None}
    for person in everyone:
        person.writes("/start")
    eventually(
        lambda: store.db.users.count_documents({**reached, "telegram_id": {"$in": list(PEOPLE)}}) == len(PEOPLE),
        "the desk knows that all have started the bot",
    )
    desk.write_broadcast("Без спешки: {event}", to_everyone=True)
    text, button, count = desk.previewed("Без спешки")
    assert count == store.db.users.count_documents(reached)
    with stack.without("relay"):
        desk.send_broadcast()
        desk.press_on_broadcast("Pause", "paused")

    def got() -> list[int]:
        return [sum("Без спешки" in m.text for m in person.messages()) for person in everyone]

    def bot_has_it() -> bool:
        in_flight = store.bots_db.deliveries.count_documents({"status": "claimed"})
        return store.bots_db.broadcasts.count_documents({"state": "paused"}) == 1 and not in_flight

    eventually(bot_has_it, "the bot waits")
    stack.kill("bot")
    stack.wait_for("bot", seconds=60)
    before = got()
    everyone[0].writes("/help")
    everyone[0].sees("/start")
    assert got() == before and sum(before) < len(everyone)
    desk.press_on_broadcast("Resume", "sending")
    desk.wait_for_broadcast("finished")
    desk.wait_for_number("sent", count + 1)  # and the group
    assert got() == [1] * len(everyone)
    message = next(m for m in everyone[0].messages() if "Без спешки" in m.text)
    assert (message.text, message.labels) == (text, [button])
    everyone[0].presses(message, button)
    desk.wait_for_number("pressed", 1)


def test_a_bot_killed_in_mid_broadcast_goes_on_and_nobody_gets_it_twice(
    stack: Stack, desk: Desk, chats: Chats, store: Store
) -> None:
    """A delivery whose fate is unknown after the crash is reported as uncertain, and not repeated."""
    everyone = [chats.person(number, f"Кандидат {number}") for number in PEOPLE]
    desk.broadcast("Смелая рассылка", to_everyone=True)
    eventually(lambda: any("Смелая" in m.text for person in everyone for m in person.messages()), "the first one")
    stack.kill("bot")
    stack.wait_for("bot", seconds=60)

    eventually(lambda: store.db.broadcasts.count_documents({"status": {"$ne": "finished"}}) == 0, "all finished")
    broadcast = store.db.broadcasts.find_one(sort=[("created_at", -1)])
    assert broadcast is not None
    got = [sum("Смелая рассылка" in m.text for m in person.messages()) for person in everyone]
    assert max(got) == 1
    assert got.count(0) <= broadcast["uncertain"]
