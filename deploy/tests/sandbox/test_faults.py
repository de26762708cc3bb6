"""Faults that a test orders."""

import httpx
import pytest

from tests.sandbox.driver import TOKEN, Driver

PATIENCE = httpx.Timeout(30, read=2)


def test_an_ordered_error_comes_as_often_as_ordered_and_nothing_is_applied(sandbox: Driver) -> None:
    anna = sandbox.candidate()
    sandbox.done("faults", {"method": "sendmessage", "error_code": 502, "times": 2})
    for _ in range(2):
        assert sandbox.refusal("sendMessage", chat_id=anna, text="x") == (502, "Bad Gateway")
    assert len(sandbox.transcript(anna)) == 1
    assert sandbox.say(anna)


def test_an_ordered_429_says_how_long_to_wait(sandbox: Driver) -> None:
    anna = sandbox.candidate()
    sandbox.done("faults", {"method": "*", "error_code": 429, "retry_after": 7})
    answer = sandbox.api("sendMessage", chat_id=anna, text="x")
    assert answer["parameters"] == {"retry_after": 7}
    assert answer["description"] == "Too Many Requests: retry after 7"


def test_a_fault_can_be_for_one_chat_with_its_own_text(sandbox: Driver) -> None:
    anna, boris = sandbox.candidate(1001, "Anna"), sandbox.candidate(1002, "Boris")
    text = "Forbidden: user is deactivated"
    fault = {"method": "sendMessage", "error_code": 403, "description": text, "chat_id": boris}
    sandbox.done("faults", fault)
    assert sandbox.say(anna)
    assert sandbox.refusal("sendMessage", chat_id=boris, text="x") == (403, text)


def test_a_timeout_applies_nothing_and_never_answers(sandbox: Driver) -> None:
    anna = sandbox.candidate()
    sandbox.done("faults", {"method": "sendMessage", "mode": "timeout"})
    with pytest.raises(httpx.ReadTimeout):
        httpx.post(f"{sandbox.url}/bot{TOKEN}/sendMessage", json={"chat_id": anna, "text": "x"}, timeout=PATIENCE)
    assert len(sandbox.transcript(anna)) == 1
    assert sandbox.say(anna)


def test_a_dropped_connection_has_applied_the_call(sandbox: Driver) -> None:
    anna = sandbox.candidate()
    sandbox.done("faults", {"method": "sendMessage", "mode": "drop_after_apply"})
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        httpx.post(f"{sandbox.url}/bot{TOKEN}/sendMessage", json={"chat_id": anna, "text": "once"})
    assert [message["text"] for message in sandbox.transcript(anna)] == ["/start", "once"]


def test_faults_can_be_called_off(sandbox: Driver) -> None:
    anna = sandbox.candidate()
    sandbox.done("faults", {"method": "sendMessage", "error_code": 500, "times": 99})
    assert sandbox.read("faults")[0]["times"] == 99
    assert sandbox.http.delete("/sandbox/faults").status_code == 204
    assert sandbox.say(anna)


def test_a_fault_of_an_unknown_method_is_refused(sandbox: Driver) -> None:
    assert sandbox.post("faults", {"method": "sendTelegram"}).status_code == 422
    assert sandbox.post("faults", {"method": "getMe", "mode": "sometimes"}).status_code == 422
