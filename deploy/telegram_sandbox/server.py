"""The HTTP server: uvicorn, with what the sandbox needs beyond ASGI."""

import asyncio
from types import FrameType

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from telegram_sandbox.app import create_app
from telegram_sandbox.settings import Settings
from telegram_sandbox.world.sandbox import Sandbox


class DroppableProtocol(H11Protocol):
    """Gives requests their transport as `request.state.transport`, so that a fault can cut the line."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self.app_state = {**self.app_state, "transport": transport}
        super().connection_made(transport)


class Server(uvicorn.Server):
    """Ends long polls and event streams on the first signal: they would hold the server up otherwise."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        super().handle_exit(sig, frame)
        sandbox: Sandbox = self.config.app.state.sandbox  # type: ignore[union-attr]
        asyncio.get_running_loop().call_soon_threadsafe(sandbox.stop)


def build(settings: Settings) -> Server:
    """A server ready to run on the settings' host and port."""
    config = uvicorn.Config(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        http=DroppableProtocol,
        log_level="warning",
        access_log=False,
        timeout_keep_alive=60,  # a bot's connections to Telegram outlast uvicorn's 5 seconds of rest, too
        timeout_graceful_shutdown=3,
    )
    return Server(config)
