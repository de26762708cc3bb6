"""Texts of pure modules, which can't ask Django to translate them."""


def to_translate(text: str) -> str:
    """Marks a text for translators: ``update_texts`` looks for ``_``, its usual name. Who shows it translates it."""
    return text
