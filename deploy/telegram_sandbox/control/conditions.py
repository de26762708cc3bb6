"""Making it hard for the bot: faults, limits, a fresh start."""

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, HTTPException

from telegram_sandbox.bot_api.registry import METHODS
from telegram_sandbox.control.people import Current
from telegram_sandbox.control.schemas import FaultIn, LimitsIn, LimitsOut, RuleIn, ServerIn
from telegram_sandbox.world.faults import Fault
from telegram_sandbox.world.limits import Rule, Rules
from telegram_sandbox.world.sandbox import Sandbox, Server

router = APIRouter(tags=["conditions"])


@router.post("/faults", status_code=201, response_model=list[FaultIn])
async def order_fault(body: FaultIn, sandbox: Current) -> Any:
    """The next `times` calls of the method fail; returns all faults still to come."""
    if body.method != "*" and body.method.lower() not in METHODS:
        raise HTTPException(422, f"The sandbox has no method {body.method}.")
    sandbox.faults.add(Fault(**body.model_dump()))
    return [asdict(fault) for fault in sandbox.faults.waiting]


@router.get("/faults", response_model=list[FaultIn])
async def list_faults(sandbox: Current) -> Any:
    """The faults still to come."""
    return [asdict(fault) for fault in sandbox.faults.waiting]


@router.delete("/faults", status_code=204)
async def clear_faults(sandbox: Current) -> None:
    """No more faults."""
    sandbox.faults.clear()


@router.get("/limits", response_model=LimitsOut)
async def show_limits(sandbox: Current) -> Any:
    """The limits in force."""
    return _limits(sandbox)


@router.put("/limits", response_model=LimitsOut)
async def set_limits(body: LimitsIn, sandbox: Current) -> Any:
    """Changes the limits and forgets what was counted; `{"enabled": false}` turns them off.

    `per_chat` and `group` count new messages and edits; `overall`, about bulk sending, counts new messages.
    """
    now = sandbox.limits.rules
    enabled = now.enabled if body.enabled is None else body.enabled
    rules = Rules(
        enabled,
        _rule(body.per_chat, now.per_chat),
        _rule(body.group, now.group),
        _rule(body.overall, now.overall),
    )
    sandbox.limits.use(rules)
    sandbox.callback_seconds = body.callback_seconds or sandbox.callback_seconds
    return _limits(sandbox)


@router.put("/server", response_model=ServerIn)
async def set_server(body: ServerIn, sandbox: Current) -> Any:
    """Makes the Bot API differ from the public server's; what is left out is as there."""
    missing = frozenset(name.lower() for name in body.missing_methods)
    sandbox.server = Server(body.bare_get_me, body.errors_as_200, missing)
    return body


def _rule(wanted: RuleIn | None, present: Rule) -> Rule:
    return Rule(**wanted.model_dump()) if wanted else present


def _limits(sandbox: Sandbox) -> dict[str, Any]:
    return {**asdict(sandbox.limits.rules), "callback_seconds": sandbox.callback_seconds}


@router.post("/reset", status_code=204)
async def reset(sandbox: Current) -> None:
    """Forgets people, chats, presses, calls and faults, restores the limits; the bot's own settings stay."""
    sandbox.reset()
