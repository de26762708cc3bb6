"""The bot about itself: who it is, its commands, descriptions and menu button."""

import re
from typing import Any

from telegram_sandbox.bot_api.params import Params
from telegram_sandbox.bot_api.registry import method
from telegram_sandbox.bot_api.targets import find_chat
from telegram_sandbox.errors import bad_request
from telegram_sandbox.world import views
from telegram_sandbox.world.records import Json
from telegram_sandbox.world.sandbox import Sandbox

_SCOPES = {
    "default": (),
    "all_private_chats": (),
    "all_group_chats": (),
    "all_chat_administrators": (),
    "chat": ("chat_id",),
    "chat_administrators": ("chat_id",),
    "chat_member": ("chat_id", "user_id"),
}
_MAX_COMMANDS = 100
_MAX_COMMAND_DESCRIPTION = 256
_MAX_DESCRIPTION = 512
_MAX_SHORT_DESCRIPTION = 120


@method("getMe")
def get_me(sandbox: Sandbox, params: Params) -> Json:
    if sandbox.server.bare_get_me:
        return {"id": sandbox.settings.bot_id, "is_bot": True, "first_name": sandbox.settings.bot_name}
    abilities = {
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }
    return {**views.api_bot(sandbox), **abilities}


@method("getMyName")
def get_my_name(sandbox: Sandbox, params: Params) -> Json:
    _language(params)
    return {"name": sandbox.settings.bot_name}


def _language(params: Params) -> str:
    code = params.text("language_code")
    if code and not re.fullmatch(r"[a-z]{2}", code):
        raise bad_request("invalid language code specified")
    return code


def _scope_key(params: Params) -> str:
    scope: Any = params.structure("scope", "BotCommandScope") or {"type": "default"}
    if not isinstance(scope, dict):
        raise bad_request("can't parse BotCommandScope: BotCommandScope must be an Object")
    kind = scope.get("type")
    if kind not in _SCOPES:
        raise bad_request("can't parse BotCommandScope: unsupported type specified")
    parts = [str(kind)]
    for name in _SCOPES[kind]:
        if name not in scope:
            raise bad_request(f"can't parse BotCommandScope: Can't find field \"{name}\"")
        parts.append(str(scope[name]))
    return f"{':'.join(parts)}|{_language(params)}"


@method("setMyCommands")
def set_my_commands(sandbox: Sandbox, params: Params) -> bool:
    commands: Any = params.structure("commands", "commands")
    if not isinstance(commands, list):
        raise bad_request("expected an Array of BotCommand")
    if len(commands) > _MAX_COMMANDS:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    key = _scope_key(params)
    sandbox.memory.profile.commands[key] = [_command(command) for command in commands]
    sandbox.publish({"type": "bot"})
    return True


def _command(command: Any) -> Json:
    if not isinstance(command, dict):
        raise bad_request("can't parse BotCommand: BotCommand must be an Object")
    name = str(command.get("command", "")).removeprefix("/")
    description = str(command.get("description", "")).strip()
    if not re.fullmatch(r"[a-z0-9_]{1,32}", name):
        raise bad_request("BOT_COMMAND_INVALID")
    if not 1 <= len(description) <= _MAX_COMMAND_DESCRIPTION:
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    return {"command": name, "description": description}


@method("getMyCommands")
def get_my_commands(sandbox: Sandbox, params: Params) -> list[Json]:
    return sandbox.memory.profile.commands.get(_scope_key(params), [])


@method("deleteMyCommands")
def delete_my_commands(sandbox: Sandbox, params: Params) -> bool:
    sandbox.memory.profile.commands.pop(_scope_key(params), None)
    sandbox.publish({"type": "bot"})
    return True


@method("setMyDescription")
def set_my_description(sandbox: Sandbox, params: Params) -> bool:
    text = params.text("description")
    if len(text) > _MAX_DESCRIPTION:
        raise bad_request("description is too long")
    sandbox.memory.profile.descriptions[_language(params)] = text
    sandbox.publish({"type": "bot"})
    return True


@method("setMyShortDescription")
def set_my_short_description(sandbox: Sandbox, params: Params) -> bool:
    text = params.text("short_description")
    if len(text) > _MAX_SHORT_DESCRIPTION:
        raise bad_request("short description is too long")
    sandbox.memory.profile.short_descriptions[_language(params)] = text
    sandbox.publish({"type": "bot"})
    return True


@method("getMyDescription")
def get_my_description(sandbox: Sandbox, params: Params) -> Json:
    return {"description": views.in_language(sandbox.memory.profile.descriptions, _language(params))}


@method("getMyShortDescription")
def get_my_short_description(sandbox: Sandbox, params: Params) -> Json:
    return {"short_description": views.in_language(sandbox.memory.profile.short_descriptions, _language(params))}


@method("setChatMenuButton")
def set_chat_menu_button(sandbox: Sandbox, params: Params) -> bool:
    button: Any = params.structure("menu_button", "menu button") or {"type": "default"}
    if not isinstance(button, dict) or button.get("type") not in ("commands", "web_app", "default"):
        raise bad_request("can't parse menu button: Unsupported menu button type specified")
    key = str(find_chat(sandbox, params).chat_id) if params.given("chat_id") else "default"
    sandbox.memory.profile.menu_buttons[key] = button
    return True
