"""The HTTP door of the Bot API: token, method, faults, the answer's form, and the record of calls."""

import asyncio
import hmac
import inspect
import time
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from telegram_sandbox.bot_api import callbacks, chats, messages, profile, updates
from telegram_sandbox.bot_api.params import Params, read_params
from telegram_sandbox.bot_api.registry import METHODS
from telegram_sandbox.errors import ApiError
from telegram_sandbox.world.records import Json
from telegram_sandbox.world.sandbox import Sandbox

# Importing a module registers its methods.
MODULES = (callbacks, chats, messages, profile, updates)
_LONGEST_HANG_SECONDS = 120.0
_SECRET_PARAMETERS = frozenset(("secret_token",))


async def call(request: Request) -> Response:
    """One Bot API call."""
    sandbox: Sandbox = request.app.state.sandbox
    token, name = request.path_params["token"], request.path_params["name"]
    if not hmac.compare_digest(token.encode(), sandbox.settings.token.encode()):
        return _error_answer(sandbox, ApiError(401, "Unauthorized"))
    if name.lower() not in METHODS or name.lower() in sandbox.server.missing:
        return _error_answer(sandbox, ApiError(404, "Not Found"))
    name = METHODS[name.lower()][0]
    sandbox.changed = True
    try:
        params = await read_params(request)
    except ApiError as error:
        return _error_answer(sandbox, error)
    return await _run(sandbox, request, name, params)


route = Route("/bot{token}/{name}", call, methods=["GET", "POST"])
"""Starlette's own: FastAPI's reading of parameters by their types cost more than most calls do."""


async def _run(sandbox: Sandbox, request: Request, name: str, params: Params) -> Response:
    started = time.time()
    fault = sandbox.faults.take(name, params.text("chat_id"))
    if fault and fault.mode == "timeout":
        _record(sandbox, name, params, started, {"ok": False, "description": "(fault: never answered)"})
        await _hang(sandbox, request)
        return _drop(request)
    try:
        if fault and fault.mode == "error":
            raise fault.error()
        result: Any = METHODS[name.lower()][1](sandbox, params)
        answer = {"ok": True, "result": await result if inspect.isawaitable(result) else result}
        response: Response = JSONResponse(answer)
    except ApiError as error:
        answer, response = _error_body(error), _error_answer(sandbox, error)
    _record(sandbox, name, params, started, answer)
    return _drop(request) if fault and fault.mode == "drop_after_apply" else response


def _error_body(error: ApiError) -> Json:
    body: Json = {"ok": False, "error_code": error.code, "description": error.description}
    if error.parameters:
        body["parameters"] = error.parameters
    return body


def _error_answer(sandbox: Sandbox, error: ApiError) -> JSONResponse:
    headers = {"Retry-After": str(error.retry_after)} if error.retry_after is not None else None
    status = 200 if sandbox.server.errors_as_200 else error.code
    return JSONResponse(_error_body(error), status_code=status, headers=headers)


def _record(sandbox: Sandbox, name: str, params: Params, started: float, answer: Json) -> None:
    if name == "getUpdates" and not answer.get("result", True):
        return  # An idle poller would push everything else out of the record.
    shown = {key: value for key, value in params.values.items() if key not in _SECRET_PARAMETERS}
    sandbox.calls.append(
        {
            "method": name,
            "chat_id": params.integer("chat_id") or None,
            "params": shown,
            "files": [upload.name for upload in params.files.values()],
            "at": started,
            "duration_ms": round((time.time() - started) * 1000, 1),
            **answer,
        }
    )


async def _hang(sandbox: Sandbox, request: Request) -> None:
    """Stays silent until the caller gives up, the sandbox stops, or two minutes are over."""
    waits = [asyncio.ensure_future(request.receive()), asyncio.ensure_future(sandbox.stopping.wait())]
    _, pending = await asyncio.wait(waits, timeout=_LONGEST_HANG_SECONDS, return_when=asyncio.FIRST_COMPLETED)
    for task in pending:
        task.cancel()


def _drop(request: Request) -> Response:
    """Closes the connection without a byte. The response returned here reaches nobody."""
    request.state.transport.abort()
    return Response(status_code=502)
