"""Asking about chats and their members."""

from telegram_sandbox.bot_api.params import Params
from telegram_sandbox.bot_api.registry import method
from telegram_sandbox.bot_api.targets import find_chat
from telegram_sandbox.errors import bad_request
from telegram_sandbox.world import views
from telegram_sandbox.world.records import Json
from telegram_sandbox.world.sandbox import Sandbox


@method("getChat")
def get_chat(sandbox: Sandbox, params: Params) -> Json:
    gifts = (
        "unlimited_gifts",
        "limited_gifts",
        "unique_gifts",
        "premium_subscription",
        "gifts_from_channels",
    )
    return {
        **views.api_chat(sandbox, find_chat(sandbox, params)),
        "accent_color_id": 1,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys(gifts, False),
    }


@method("getChatMember")
def get_chat_member(sandbox: Sandbox, params: Params) -> Json:
    """Everybody the sandbox knows is in the group; a private chat has two members."""
    chat, user_id = find_chat(sandbox, params), params.integer("user_id")
    if user_id == sandbox.settings.bot_id:
        return {"status": chat.bot_status, "user": views.api_bot(sandbox)}
    person = sandbox.memory.people.get(user_id)
    if person is None or (chat.kind == "private" and chat.chat_id != user_id):
        raise bad_request("user not found")
    return {"status": "member", "user": views.api_user(person)}
