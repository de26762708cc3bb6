"""/language: Russian or English, from then on in all that a person gets."""

from dataclasses import replace

from interview_bot.dialogs.context import DialogContext, Presses
from interview_bot.dialogs.interruptions import interrupting
from interview_bot.messaging.envelope import envelope
from interview_bot.views.callback_data import Action
from interview_bot.views.personal_screens import language_screen
from interview_bot.views.screen import Screen
from interview_bot.views.texts import texts_for
from shared_contracts.dialog import LanguageChosen
from shared_contracts.transport.topology import DIALOG_COMMAND


async def show_choice(context: DialogContext) -> None:
    """The two languages as buttons."""
    await context.show(language_screen(context.texts))


async def choose(context: DialogContext, language: str) -> None:
    """A language was pressed: it is in force at once, and the admin service keeps it."""
    await context.services.chats.choose_language(context.user_id, language)
    command = LanguageChosen.model_validate({**envelope(), "user_telegram_id": context.user_id, "language": language})
    await context.services.outbox.send(DIALOG_COMMAND, command)
    async with interrupting(replace(context, texts=texts_for(language))) as interrupted:
        await interrupted.show(Screen(interrupted.texts("language.chosen")))


PRESSES: Presses = {
    Action.LANGUAGE: choose,
}
