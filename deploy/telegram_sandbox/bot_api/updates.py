"""Getting updates: long polls and the webhook."""

import re
from typing import Any

from telegram_sandbox.bot_api.params import Params
from telegram_sandbox.bot_api.registry import method
from telegram_sandbox.errors import bad_request
from telegram_sandbox.world.records import Json, Webhook
from telegram_sandbox.world.sandbox import Sandbox
from telegram_sandbox.world.update_queue import UPDATE_TYPES, WEBHOOK_SET

_LONGEST_POLL_SECONDS = 50
_MAX_SECRET = 256


def _take_allowed_updates(sandbox: Sandbox, params: Params) -> None:
    """Not given: as before. An empty list: all but those on request. Unknown names are passed over."""
    allowed: Any = params.structure("allowed_updates", "allowed_updates")
    if isinstance(allowed, list):
        sandbox.memory.allowed_updates = [name for name in allowed if name in UPDATE_TYPES]


@method("getUpdates")
async def get_updates(sandbox: Sandbox, params: Params) -> list[Json]:
    if not sandbox.memory.webhook.url:
        _take_allowed_updates(sandbox, params)
    limit = min(max(params.integer("limit", 100), 1), 100)
    timeout = min(max(params.integer("timeout"), 0), _LONGEST_POLL_SECONDS)
    if sandbox.stopping.is_set():
        timeout = 0
    updates = await sandbox.updates.poll(params.integer("offset"), limit, timeout)
    return [{"update_id": update.update_id, update.kind: update.payload} for update in updates]


@method("setWebhook")
async def set_webhook(sandbox: Sandbox, params: Params) -> bool:
    """Plain http is accepted as a local Bot API server does, for bots on this machine."""
    url, secret = params.text("url"), params.text("secret_token")
    if url and not re.fullmatch(r"https?://[^\s/]+\S*", url):
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    if len(secret) > _MAX_SECRET:
        raise bad_request("secret token is too long")
    if re.search(r"[^A-Za-z0-9_-]", secret):
        raise bad_request("secret token contains unallowed characters")
    _take_allowed_updates(sandbox, params)
    if params.boolean("drop_pending_updates"):
        sandbox.updates.clear()
    connections = min(max(params.integer("max_connections", 40), 1), 100)
    _replace(sandbox, Webhook(url, secret, connections) if url else Webhook())
    if url:
        sandbox.updates.terminate_poller(WEBHOOK_SET)
    await sandbox.webhook.restart()
    return True


@method("deleteWebhook")
async def delete_webhook(sandbox: Sandbox, params: Params) -> bool:
    if params.boolean("drop_pending_updates"):
        sandbox.updates.clear()
    _replace(sandbox, Webhook())
    await sandbox.webhook.restart()
    return True


def _replace(sandbox: Sandbox, webhook: Webhook) -> None:
    sandbox.memory.webhook = webhook


@method("getWebhookInfo")
def get_webhook_info(sandbox: Sandbox, params: Params) -> Json:
    webhook = sandbox.memory.webhook
    info: Json = {
        "url": webhook.url,
        "has_custom_certificate": False,
        "pending_update_count": len(sandbox.memory.pending),
    }
    if webhook.url:
        info["max_connections"] = webhook.max_connections
    if webhook.last_error_date:
        info["last_error_date"] = webhook.last_error_date
        info["last_error_message"] = webhook.last_error_message
    if sandbox.memory.allowed_updates:
        info["allowed_updates"] = sandbox.memory.allowed_updates
    return info
