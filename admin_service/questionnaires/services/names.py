"""A full name as people type it, taken apart."""

_PATRONYMIC_ENDS = ("вич", "ьич", "вна", "чна", "шна", "оглы", "кызы", "vich", "vna")
_FIRST_AND_LAST = 2


def first_and_last(full_name: str, known_first: str = "") -> tuple[str, str]:
    """First and last name; a patronymic is left out.

    Russians write the last name first or last. What tells: the first name if it is known already, else where the
    patronymic stands, else the first word is taken for the first name.

    Args:
        full_name: one word is taken for the first name.
        known_first: the first name on the allow list, empty if there is none.
    """
    words = [word for word in full_name.split() if not word.casefold().endswith(_PATRONYMIC_ENDS)]
    if len(words) < _FIRST_AND_LAST:  # a last name that ends as patronymics do
        words = full_name.split()
    known = [index for index, word in enumerate(words) if word.casefold() == known_first.casefold()]
    if known:
        at = known[0]
    else:
        last_word = full_name.rsplit(maxsplit=1)[-1]
        at = 1 if last_word not in words and len(words) == _FIRST_AND_LAST else 0
    return words[at], " ".join(word for index, word in enumerate(words) if index != at)
