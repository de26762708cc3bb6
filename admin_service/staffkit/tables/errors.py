"""What is wrong with a whole table."""


class TableError(Exception):
    """It can't be read; the text says why and what to do, in the reader's language."""
