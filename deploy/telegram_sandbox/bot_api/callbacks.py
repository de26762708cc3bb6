"""Answering presses. Answers are not limited in number."""

import time

from shared_contracts.telegram.text import utf16_length
from telegram_sandbox.bot_api.params import Params
from telegram_sandbox.bot_api.registry import method
from telegram_sandbox.errors import bad_request
from telegram_sandbox.world import views
from telegram_sandbox.world.links import start_parameter
from telegram_sandbox.world.sandbox import Sandbox

MAX_ANSWER = 200


@method("answerCallbackQuery")
def answer_callback_query(sandbox: Sandbox, params: Params) -> bool:
    """The first answer is shown to the person; a repeated one is accepted and shows nothing."""
    query = sandbox.memory.queries.get(params.text("callback_query_id"))
    if query is None or time.time() - query.pressed_at > sandbox.callback_seconds:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    text, url = params.text("text"), params.text("url")
    if utf16_length(text) > MAX_ANSWER:
        raise bad_request("MESSAGE_TOO_LONG")
    if url and start_parameter(url, sandbox.settings.username) is None:
        raise bad_request("URL_INVALID")
    if query.answered_at is None:
        query.answered_at = time.time()
        query.text, query.url = text or None, url or None
        query.show_alert = params.boolean("show_alert")
        sandbox.publish({"type": "answer", "press": views.press(query)})
    return True
