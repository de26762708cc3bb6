"""The web application: Bot API, control API, page."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI, Request, Response
from fastapi.responses import FileResponse, JSONResponse
from fastapi.staticfiles import StaticFiles

from telegram_sandbox.bot_api import endpoint
from telegram_sandbox.control import conditions, groups, observe, people
from telegram_sandbox.errors import CannotDo
from telegram_sandbox.settings import Settings
from telegram_sandbox.world import persistence
from telegram_sandbox.world.sandbox import Sandbox

_PAGE = Path(__file__).with_name("page")
_CONTENT_POLICY = "default-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'"


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    sandbox: Sandbox = app.state.sandbox
    await sandbox.webhook.restart()
    saving = asyncio.create_task(persistence.save_regularly(sandbox))
    yield
    sandbox.stop()
    await saving
    await sandbox.webhook.stop()
    sandbox.changed = True
    await persistence.save(sandbox)


async def _refuse(request: Request, error: Exception) -> Response:
    assert isinstance(error, CannotDo)
    return JSONResponse({"detail": error.reason}, status_code=error.status)


async def _page(request: Request) -> FileResponse:
    return FileResponse(_PAGE / "index.html", headers={"Content-Security-Policy": _CONTENT_POLICY})


async def _docs(request: Request) -> FileResponse:
    return FileResponse(_PAGE / "docs.html", headers={"Content-Security-Policy": _CONTENT_POLICY})


def create_app(settings: Settings) -> FastAPI:
    """Builds the application with the state kept in `settings.state_file`, if there is one."""
    app = FastAPI(
        title="Telegram sandbox",
        version="1",
        description="Plays the people on the other side of the bot, and shows what it did.",
        openapi_url="/sandbox/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan,
    )
    app.state.sandbox = Sandbox(settings, persistence.load(settings.state_file))
    app.add_exception_handler(CannotDo, _refuse)
    app.router.routes.append(endpoint.route)
    for part in (people, groups, observe, conditions):
        app.include_router(part.router, prefix="/sandbox")
    app.add_route("/", _page)
    app.add_route("/sandbox/docs", _docs)
    app.mount("/page", StaticFiles(directory=_PAGE))
    return app
