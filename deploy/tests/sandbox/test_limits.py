"""Flood limits: over the wire, and with a clock in hand."""

import pytest

from telegram_sandbox.errors import ApiError
from telegram_sandbox.world.limits import FloodControl
from tests.sandbox.driver import GROUP, TOKEN, Driver

HOUR = {"messages": 2, "seconds": 3600}
ALICE, BOB = 1001, 1002


def test_a_passed_limit_answers_429_with_retry_after(sandbox: Driver) -> None:
    anna = sandbox.candidate()
    sandbox.limits(per_chat=HOUR)
    sandbox.say(anna)
    sandbox.say(anna)
    response = sandbox.http.post(f"/bot{TOKEN}/sendMessage", json={"chat_id": anna, "text": "x"})
    answer = response.json()
    seconds = answer["parameters"]["retry_after"]
    assert answer == {
        "ok": False,
        "error_code": 429,
        "description": f"Too Many Requests: retry after {seconds}",
        "parameters": {"retry_after": seconds},
    }
    assert 3000 < seconds <= 3600
    assert response.status_code == 429
    assert response.headers["Retry-After"] == str(seconds)


def test_chats_are_counted_apart_and_people_do_not_count(sandbox: Driver) -> None:
    anna, boris = sandbox.candidate(1001, "Anna"), sandbox.candidate(1002, "Boris")
    sandbox.limits(per_chat=HOUR)
    for _ in range(2):
        sandbox.say(anna)
        sandbox.writes(boris, "Hi")
    assert sandbox.refusal("sendMessage", chat_id=anna, text="x")[0] == 429
    assert sandbox.say(boris)


def test_edits_in_the_group_count_even_when_they_change_nothing(sandbox: Driver) -> None:
    sandbox.limits(group=HOUR)
    message_id = sandbox.say(GROUP)
    edit = {"chat_id": GROUP, "message_id": message_id, "text": "Hello"}
    assert sandbox.refusal("editMessageText", **edit)[0] == 400
    assert sandbox.refusal("editMessageText", **edit)[0] == 429


def test_the_overall_limit_is_about_new_messages(sandbox: Driver) -> None:
    people = [sandbox.candidate(1000 + n) for n in range(4)]
    sandbox.limits(overall=HOUR)
    message_id = sandbox.say(people[0])
    sandbox.say(people[1])
    assert sandbox.refusal("sendMessage", chat_id=people[2], text="x")[0] == 429
    assert sandbox.ok("editMessageText", chat_id=people[0], message_id=message_id, text="Edited")


def test_answers_to_presses_are_not_limited(sandbox: Driver) -> None:
    anna = sandbox.candidate()
    message_id = sandbox.offer(anna, {"text": "Book", "callback_data": "b"})
    sandbox.limits(per_chat={"messages": 1, "seconds": 3600}, overall={"messages": 1, "seconds": 3600})
    for _ in range(60):
        press = sandbox.presses(anna, anna, message_id, button="Book")
        sandbox.ok("answerCallbackQuery", callback_query_id=press["callback_query_id"])


def test_limits_can_be_turned_off_and_come_back_with_a_reset(sandbox: Driver) -> None:
    anna = sandbox.candidate()
    sandbox.limits(enabled=False)
    for _ in range(70):
        sandbox.say(anna)
    sandbox.start_over()
    assert sandbox.read("limits")["enabled"] is True
    anna = sandbox.candidate()
    codes = [sandbox.api("sendMessage", chat_id=anna, text="x").get("error_code") for _ in range(40)]
    assert 429 in codes


class Clock:
    """Seconds that pass when told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def sends(flood: FloodControl, chat_id: int, *, new: bool = True) -> int:
    """0 when the message passes, else the seconds to wait."""
    try:
        flood.pass_message(chat_id, new=new)
    except ApiError as error:
        return error.retry_after or 0
    return 0


def test_a_private_chat_takes_a_burst_of_8_then_one_a_second() -> None:
    clock = Clock()
    flood = FloodControl(clock)
    assert [sends(flood, ALICE) for _ in range(9)] == [0] * 8 + [1]
    for _ in range(20):
        clock.now += 1
        assert sends(flood, ALICE) == 0
        assert sends(flood, ALICE) == 1


def test_a_group_takes_20_in_any_minute() -> None:
    clock = Clock()
    flood = FloodControl(clock)
    for _ in range(20):
        assert sends(flood, GROUP) == 0
        clock.now += 1
    assert sends(flood, GROUP) == 40
    clock.now += 39
    assert sends(flood, GROUP) == 1
    clock.now += 1
    assert sends(flood, GROUP) == 0
    assert sends(flood, GROUP, new=False) == 1


def test_all_chats_together_take_30_new_messages_in_any_second() -> None:
    clock = Clock()
    flood = FloodControl(clock)
    assert [sends(flood, chat) for chat in range(1, 32)] == [0] * 30 + [1]
    assert sends(flood, BOB, new=False) == 0
    clock.now += 1
    assert sends(flood, ALICE) == 0


def test_a_shut_chat_stays_shut_until_retry_after_is_over() -> None:
    clock = Clock()
    flood = FloodControl(clock)
    assert [sends(flood, ALICE) for _ in range(8)] == [0] * 8
    clock.now += 0.5
    assert sends(flood, ALICE) == 1
    clock.now += 0.6
    assert sends(flood, ALICE) == 1
    clock.now += 0.4
    assert sends(flood, ALICE) == 0


@pytest.mark.parametrize("start", [100.74, 101.11, 105.55])  # start + 60 - start is a little over 60
def test_a_full_minute_is_60_seconds_whatever_the_clock_shows(start: float) -> None:
    clock = Clock()
    clock.now = start
    flood = FloodControl(clock)
    assert [sends(flood, GROUP) for _ in range(21)] == [0] * 20 + [60]


@pytest.mark.parametrize("rule", [{"messages": 0}, {"messages": 1, "seconds": 0}, {"messages": 1, "burst": 0}])
def test_a_rule_that_lets_nothing_pass_is_refused(sandbox: Driver, rule: dict[str, int]) -> None:
    assert sandbox.http.put("/sandbox/limits", json={"per_chat": rule}).status_code == 422
