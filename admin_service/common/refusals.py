"""A use case's "no": which field, and what to do."""


class RefusedError(Exception):
    """Nothing was changed. ``errors``: field name ("" for the whole form) → translated message."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__("; ".join(f"{field or 'form'}: {message}" for field, message in errors.items()))
        self.errors = errors
