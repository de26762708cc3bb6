"""Keeping the chats over a restart, in one JSON file."""

import asyncio
import os
from pathlib import Path

from pydantic import TypeAdapter

from telegram_sandbox.world.records import Memory
from telegram_sandbox.world.sandbox import Sandbox

_PAUSE_SECONDS = 5.0
_MEMORY: TypeAdapter[Memory] = TypeAdapter(Memory)


def load(path: Path | None) -> Memory | None:
    """What was kept; None on the first start. Raises ValidationError when the file is no state of ours."""
    if path is None or not path.exists():
        return None
    return _MEMORY.validate_json(path.read_bytes())


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.new")
    with draft.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


async def save(sandbox: Sandbox) -> None:
    """Writes the state if it changed: whole or not at all."""
    path = sandbox.settings.state_file
    if path is None or not sandbox.changed:
        return
    sandbox.changed = False
    await asyncio.to_thread(_write, path, _MEMORY.dump_json(sandbox.memory))


async def save_regularly(sandbox: Sandbox) -> None:
    """Saves every few seconds until the sandbox stops."""
    while not sandbox.stopping.is_set():
        await save(sandbox)
        try:
            await asyncio.wait_for(sandbox.stopping.wait(), _PAUSE_SECONDS)
        except TimeoutError:
            continue
