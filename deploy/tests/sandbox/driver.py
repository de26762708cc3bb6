"""A running sandbox, and the hands to drive it: the bot's side and the people's."""

import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import httpx

DEPLOY = Path(__file__).parents[2]
TOKEN = "100000001:token-of-the-tests"
BOT = "slotdesk_demo_bot"
BOT_ID = 100000001
GROUP = -1001000000001
Json = dict[str, Any]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Driver:
    """A sandbox process of its own. `api` calls the Bot API, the other methods the control API."""

    def __init__(self, **environment: str) -> None:
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.http = httpx.Client(base_url=self.url, timeout=30, trust_env=False)
        env = {**os.environ, "TELEGRAM_BOT_TOKEN": TOKEN, "SANDBOX_PORT": str(port), **environment}
        command = [sys.executable, "-m", "telegram_sandbox"]
        self.process = subprocess.Popen(command, cwd=DEPLOY, env=env, stderr=subprocess.PIPE, text=True)
        self._wait_until_up()

    def _wait_until_up(self) -> None:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                self.http.get("/sandbox/bot").raise_for_status()
            except httpx.HTTPError:
                time.sleep(0.05)
            else:
                return
        self.process.kill()
        raise AssertionError(f"the sandbox did not start: {self.process.communicate()[1]}")

    def stop(self) -> int:
        """Ends the process gently; returns its status: the negative signal after an orderly stop."""
        self.process.terminate()
        self.http.close()
        self.process.communicate(timeout=20)
        return self.process.returncode

    def start_over(self) -> None:
        """As after a fresh start: nobody, no chats, polling, all kinds of updates."""
        self.ok("deleteWebhook")
        self.ok("getUpdates", allowed_updates=[])
        self.http.post("/sandbox/reset").raise_for_status()

    # The bot's side.

    def api(self, method: str, **parameters: Any) -> Json:
        """The whole answer of the Bot API, errors included."""
        answer: Json = self.http.post(f"/bot{TOKEN}/{method}", json=parameters).json()
        return answer

    def ok(self, method: str, **parameters: Any) -> Any:
        answer = self.api(method, **parameters)
        assert answer["ok"], answer
        return answer["result"]

    def refusal(self, method: str, **parameters: Any) -> tuple[int, str]:
        """Error code and text of a call that must fail; the HTTP status must say the same."""
        response = self.http.post(f"/bot{TOKEN}/{method}", json=parameters)
        answer = response.json()
        assert answer["ok"] is False, answer
        assert response.status_code == answer["error_code"]
        return answer["error_code"], answer["description"]

    def say(self, chat_id: int, text: str = "Hello", **parameters: Any) -> int:
        """The bot writes; returns the message's id."""
        message_id: int = self.ok("sendMessage", chat_id=chat_id, text=text, **parameters)["message_id"]
        return message_id

    def offer(self, chat_id: int, *buttons: Json) -> int:
        """The bot writes with one row of buttons; returns the message's id."""
        return self.say(chat_id, reply_markup={"inline_keyboard": [list(buttons)]})

    def updates(self, **parameters: Any) -> list[Json]:
        result: list[Json] = self.ok("getUpdates", **parameters)
        return result

    # The people's side.

    def post(self, path: str, body: Json) -> httpx.Response:
        return self.http.post(f"/sandbox/{path}", json=body)

    def done(self, path: str, body: Json) -> Json:
        response = self.post(path, body)
        assert response.is_success, response.text
        answer: Json = response.json()
        return answer

    def read(self, path: str, **query: Any) -> Any:
        return self.http.get(f"/sandbox/{path}", params=query).raise_for_status().json()

    def candidate(self, user_id: int = 1001, first_name: str = "Anna", **fields: Any) -> int:
        """A candidate who has pressed Start, the update of it already fetched."""
        self.done("people", {"user_id": user_id, "first_name": first_name, **fields})
        self.done("messages", {"user_id": user_id, "text": "/start"})
        self.updates(offset=-1)
        self.updates(offset=self.updates()[-1]["update_id"] + 1)
        return user_id

    def writes(self, user_id: int, text: str, **fields: Any) -> Json:
        return self.done("messages", {"user_id": user_id, "text": text, **fields})

    def presses(self, user_id: int, chat_id: int, message_id: int, **what: str) -> Json:
        return self.done("presses", {"user_id": user_id, "chat_id": chat_id, "message_id": message_id, **what})

    def transcript(self, chat_id: int) -> list[Json]:
        messages: list[Json] = self.read(f"chats/{chat_id}/messages")
        return messages

    def limits(self, **changes: Any) -> None:
        self.http.put("/sandbox/limits", json=changes).raise_for_status()
