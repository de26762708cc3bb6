"""The ready-made reasons of recruiters, which candidates read in their language and recruiters in theirs."""

from interview_bot.views.texts import LANGUAGES, Texts, texts_for

TIME = ("reason.time_taken", "reason.away", "reason.too_soon")
PERSON = ("reason.other_experience", "reason.other_schedule", "reason.filled")
CANCELLED = ("reason.ill", "reason.away", "reason.filled")


def reason_in(texts: Texts, reason: str) -> str:
    """A reason as the reader of ``texts`` reads it: a ready-made one in their language, a typed one as it was typed."""
    for key in dict.fromkeys((*TIME, *PERSON, *CANCELLED)):
        if any(texts_for(language).plain(key) == reason for language in LANGUAGES):
            return texts.plain(key)
    return reason
