"""Groups as the Bot API's documentation has them: supergroups, topics, the bot's place; what people do but write."""

from typing import Any

import pytest

from tests.sandbox.driver import GROUP, TOKEN, Driver

ANNA = 1001


def control(driver: Driver, path: str, method: str = "POST", **body: Any) -> Any:
    response = driver.http.request(method, f"/sandbox{path}", json=body)
    response.raise_for_status()
    return response.json() if response.content else None


def updates(driver: Driver) -> list[dict[str, Any]]:
    found = driver.ok("getUpdates")
    if found:
        driver.ok("getUpdates", offset=found[-1]["update_id"] + 1)
    return [{kind: payload for kind, payload in update.items() if kind != "update_id"} for update in found]


@pytest.fixture
def group(sandbox: Driver) -> int:
    control(sandbox, "/groups", chat_id=-7001, title="Команда", type="group")
    return -7001


def test_a_group_that_becomes_a_supergroup_says_so_three_times(sandbox: Driver, group: int) -> None:
    """`migrate_to_chat_id`, `migrate_from_chat_id`, and `ResponseParameters`."""
    control(sandbox, f"/groups/{group}/upgrade", user_id=ANNA, new_chat_id=-1007001)
    old, new = (update["message"] for update in updates(sandbox))
    assert (old["chat"]["id"], old["chat"]["type"], old["migrate_to_chat_id"]) == (group, "group", -1007001)
    assert (new["chat"]["id"], new["chat"]["type"], new["migrate_from_chat_id"]) == (-1007001, "supergroup", group)
    assert "text" not in old
    answer = sandbox.api("sendMessage", chat_id=group, text="Привет")
    assert (answer["error_code"], answer["parameters"]) == (400, {"migrate_to_chat_id": -1007001})
    assert answer["description"] == "Bad Request: group chat was upgraded to a supergroup chat"
    assert sandbox.ok("sendMessage", chat_id=-1007001, text="Привет")["chat"]["id"] == -1007001


@pytest.mark.parametrize(
    ("status", "refusal"),
    [
        ("kicked", (403, "Forbidden: bot was kicked from the group chat")),
        ("left", (403, "Forbidden: bot is not a member of the group chat")),
        ("restricted", (400, "Bad Request: not enough rights to send text messages to the chat")),
    ],
)
def test_a_group_can_put_the_bot_out_or_silence_it(
    sandbox: Driver, group: int, status: str, refusal: tuple[int, str]
) -> None:
    control(sandbox, f"/groups/{group}/bot", user_id=ANNA, status=status)
    [update] = updates(sandbox)
    assert update["my_chat_member"]["new_chat_member"]["status"] == status
    assert sandbox.refusal("sendMessage", chat_id=group, text="Привет") == refusal
    control(sandbox, f"/groups/{group}/bot", user_id=ANNA, status="member")
    assert sandbox.ok("sendMessage", chat_id=group, text="Привет")


def test_a_forum_has_topics_that_can_be_closed_and_deleted(sandbox: Driver) -> None:
    control(sandbox, "/groups", chat_id=-1007002, title="Форум", is_forum=True)
    topic = control(sandbox, "/groups/-1007002/topics", user_id=ANNA, name="Набор")
    control(sandbox, "/messages", user_id=ANNA, text="/start", chat_id=-1007002, message_thread_id=topic)
    made, written = (update["message"] for update in updates(sandbox))
    assert made["forum_topic_created"]["name"] == "Набор"
    assert (written["message_thread_id"], written["is_topic_message"], written["chat"]["is_forum"]) == (
        topic,
        True,
        True,
    )
    sent = sandbox.ok("sendMessage", chat_id=-1007002, text="Привет", message_thread_id=topic)
    assert sent["message_thread_id"] == topic
    for state, refusal in (("closed", "TOPIC_CLOSED"), ("deleted", "message thread not found")):
        control(sandbox, f"/groups/-1007002/topics/{topic}", "PUT", user_id=ANNA, state=state)
        asked = {"chat_id": -1007002, "text": "Привет", "message_thread_id": topic}
        assert sandbox.refusal("sendMessage", **asked) == (400, f"Bad Request: {refusal}")
    [closed] = updates(sandbox)
    assert closed["message"]["forum_topic_closed"] == {}
    general = sandbox.refusal("sendMessage", chat_id=-1007002, text="x", message_thread_id=1)
    assert general == (400, "Bad Request: message thread not found")
    assert sandbox.refusal("sendMessage", chat_id=GROUP, text="x", message_thread_id=5)[0] == 400


def test_a_reply_in_a_supergroup_has_a_thread_but_no_topic(sandbox: Driver) -> None:
    sent = sandbox.ok("sendMessage", chat_id=GROUP, text="Привет")
    body = {"user_id": ANNA, "text": "/start", "chat_id": GROUP, "reply_to_message_id": sent["message_id"]}
    control(sandbox, "/messages", **body)
    [update] = updates(sandbox)
    assert update["message"]["message_thread_id"] == sent["message_id"]
    assert "is_topic_message" not in update["message"]


def test_people_edit_send_albums_pin_and_set_timers(sandbox: Driver) -> None:
    written = control(sandbox, "/messages", user_id=ANNA, text="Привт")
    control(sandbox, "/edits", user_id=ANNA, message_id=written["message_id"], text="Привет")
    control(sandbox, "/albums", user_id=ANNA, photos=2, caption="Мы")
    control(sandbox, "/service-messages", user_id=ANNA, kind="pinned_message", message_id=written["message_id"])
    control(sandbox, "/service-messages", user_id=ANNA, kind="message_auto_delete_timer_changed")
    _, edit, first, second, pin, timer = updates(sandbox)
    assert (edit["edited_message"]["text"], "edit_date" in edit["edited_message"]) == ("Привет", True)
    album = first["message"]["media_group_id"]
    assert (first["message"]["caption"], second["message"]["media_group_id"]) == ("Мы", album)
    assert second["message"]["photo"]
    assert "caption" not in second["message"]
    assert pin["message"]["pinned_message"]["text"] == "Привет"
    assert timer["message"]["message_auto_delete_timer_changed"] == {"message_auto_delete_time": 86400}


def test_it_can_be_one_of_those_servers_that_people_run_themselves(sandbox: Driver) -> None:
    control(
        sandbox, "/server", "PUT", bare_get_me=True, errors_as_200=True, missing_methods=["setMyCommands", "getMyName"]
    )
    assert set(sandbox.ok("getMe")) == {"id", "is_bot", "first_name"}
    response = sandbox.http.post(f"/bot{TOKEN}/sendMessage", json={"chat_id": 5, "text": "x"})
    assert (response.status_code, response.json()["error_code"]) == (200, 400)
    assert sandbox.api("setMyCommands", commands=[])["error_code"] == 404
    control(sandbox, "/server", "PUT")
    assert sandbox.refusal("sendMessage", chat_id=5, text="x")[0] == 400
