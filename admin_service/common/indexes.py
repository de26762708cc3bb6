"""Kinds of indexes that Django's backend for MongoDB has none of, and what partial ones are told by."""

from datetime import UTC, datetime
from typing import Any

from django.db import models

BEFORE_ALL = datetime(1970, 1, 1, tzinfo=UTC)
"""Before any moment: what a partial index can tell a moment from null by. A query has to name it, too."""


class UniqueIndex(models.Index):
    """Unique over fields that are never null, and of use to look-ups, too.

    A ``UniqueConstraint`` makes a partial index, which look-ups can't use, so that there would have to be a second one.
    """

    def get_pymongo_index_model(self, *args: Any, **kwargs: Any) -> Any:
        """As any index's, and unique."""
        made = super().get_pymongo_index_model(*args, **kwargs)  # type: ignore[misc]
        made.document["unique"] = True
        return made
