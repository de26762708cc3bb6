"""People and what they do."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request

from telegram_sandbox.control.schemas import (
    BlockIn,
    LinkIn,
    MessageIn,
    MessageSent,
    PersonIn,
    PersonOut,
    Pressed,
    PressIn,
    PressOut,
    Problem,
)
from telegram_sandbox.world import people_actions, views
from telegram_sandbox.world.records import Person
from telegram_sandbox.world.sandbox import Sandbox


async def current(request: Request) -> Sandbox:
    """The sandbox of this application. A coroutine: FastAPI would call a plain function in a thread."""
    sandbox: Sandbox = request.app.state.sandbox
    return sandbox


Current = Annotated[Sandbox, Depends(current)]
router = APIRouter(tags=["people"])
_REFUSALS: dict[int | str, dict[str, Any]] = {
    404: {"model": Problem, "description": "no such chat, message or button"},
    409: {"model": Problem, "description": "a person could not do this either"},
}


@router.post("/people", response_model=PersonOut)
async def create_or_update_person(body: PersonIn, sandbox: Current) -> Any:
    """Makes a Telegram user up, or changes one. Fields left out of a change are cleared."""
    known = sandbox.memory.people.get(body.user_id)
    person = Person(**body.model_dump())
    if known:
        person.started, person.blocked = known.started, known.blocked
    sandbox.memory.people[body.user_id] = person
    view = people_actions.person_view(person)
    sandbox.publish({"type": "person", "person": view})
    return view


@router.get("/people", response_model=list[PersonOut])
async def list_people(sandbox: Current) -> Any:
    """Everybody, by id."""
    return [people_actions.person_view(person) for _, person in sorted(sandbox.memory.people.items())]


@router.post("/messages", response_model=MessageSent, responses=_REFUSALS)
async def write_message(body: MessageIn, sandbox: Current) -> Any:
    """A person writes to the bot or in the group. An unknown person is made up; /start unblocks the bot."""
    message, update_id = people_actions.write(
        sandbox, body.user_id, body.text, body.chat_id, body.reply_to_message_id, body.message_thread_id
    )
    return {"chat_id": message.chat_id, "message_id": message.message_id, "update_id": update_id}


@router.post("/presses", response_model=Pressed, response_model_exclude_none=True, responses=_REFUSALS)
async def press_button(body: PressIn, sandbox: Current) -> Any:
    """A person presses a button, or sends callback data of their own making. Link buttons are followed."""
    return people_actions.press(
        sandbox, body.user_id, body.chat_id, body.message_id, data=body.data, button=body.button
    )


@router.get("/presses", response_model=list[PressOut])
async def list_presses(sandbox: Current, user_id: int | None = None) -> Any:
    """All presses in order, also those the bot has not answered."""
    return [views.press(q) for q in sandbox.memory.queries.values() if user_id in (None, q.user_id)]


@router.get("/answers", response_model=list[PressOut])
async def list_answers(sandbox: Current, user_id: int | None = None) -> Any:
    """The presses the bot has answered, in order of the presses."""
    presses = await list_presses(sandbox, user_id)
    return [press for press in presses if press["answered_at"] is not None]


@router.post("/links", response_model=Pressed, response_model_exclude_none=True, responses=_REFUSALS)
async def follow_link(body: LinkIn, sandbox: Current) -> Any:
    """A person follows a link; a deep link to the bot sends `/start X` in the private chat."""
    return people_actions.follow(sandbox, body.user_id, body.url)


@router.post("/blocks", response_model=PersonOut)
async def block_bot(body: BlockIn, sandbox: Current) -> Any:
    """A person blocks or unblocks the bot, which is told by `my_chat_member`."""
    return people_actions.person_view(people_actions.block(sandbox, body.user_id, blocked=body.blocked))
