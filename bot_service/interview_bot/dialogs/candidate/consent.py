"""Agreeing to the company's privacy text, where it has one, before anything new is signed up for.

What somebody has booked stays theirs to see, move, answer about and cancel without it.
"""

from interview_bot.dialogs.context import DialogContext
from interview_bot.views.personal_screens import consent_screen


async def ask_for_consent(context: DialogContext, event_id: str | None, lead: str | None = None) -> bool:
    """Show the text if the person has yet to agree to it; ``event_id``: what they are on the way to.

    Returns: whether they were asked, and so go no further now.

    Raises:
        AdminApiDownError, AdminApiRefusedError: nobody can say whether there is a text.
    """
    notice = await context.services.directory.privacy()
    if not notice.needs_consent(context.person.privacy_version if context.person else None):
        return False
    await context.show(consent_screen(notice, event_id, context.texts).with_lead(lead))
    return True
