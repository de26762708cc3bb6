"""Chats over a restart."""

import signal
from pathlib import Path

import pytest

from tests.sandbox.driver import GROUP, Driver


def test_chats_and_numbering_survive_a_restart(tmp_path: Path) -> None:
    state = tmp_path / "kept" / "sandbox.json"
    before = Driver(SANDBOX_STATE_FILE=str(state))
    anna = before.candidate(1001, "Анна")
    message_id = before.offer(anna, {"text": "Book", "callback_data": "b"})
    before.presses(anna, anna, message_id, button="Book")
    before.say(GROUP, "<b>Sign up</b>", parse_mode="HTML")
    waiting = before.updates()
    transcripts = [before.transcript(chat) for chat in (anna, GROUP)]
    assert before.stop() == -signal.SIGTERM
    after = Driver(SANDBOX_STATE_FILE=str(state))
    try:
        assert [after.transcript(chat) for chat in (anna, GROUP)] == transcripts
        assert after.updates() == waiting
        query_id = waiting[-1]["callback_query"]["id"]
        assert after.ok("answerCallbackQuery", callback_query_id=query_id) is True
        assert after.writes(anna, "Hi")["update_id"] == waiting[-1]["update_id"] + 1
        assert after.say(anna) == message_id + 2
    finally:
        after.stop()
    assert [path.name for path in state.parent.iterdir()] == ["sandbox.json"]


def test_a_state_file_that_is_not_ours_stops_the_start(tmp_path: Path) -> None:
    state = tmp_path / "sandbox.json"
    state.write_text('{"people": 5}')
    with pytest.raises(AssertionError, match="did not start"):
        Driver(SANDBOX_STATE_FILE=str(state))
    assert state.read_text() == '{"people": 5}'
