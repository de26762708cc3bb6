"""Compilers of query sets; all but the first are MongoDB's own."""

from typing import Any

from django_mongodb_backend.compiler import (
    SQLAggregateCompiler,
    SQLDeleteCompiler,
    SQLInsertCompiler,
    SQLUpdateCompiler,
)
from django_mongodb_backend.compiler import SQLCompiler as MongoCompiler
from django_mongodb_backend.query import MongoQuery

__all__ = ["SQLAggregateCompiler", "SQLCompiler", "SQLDeleteCompiler", "SQLInsertCompiler", "SQLUpdateCompiler"]

_ORDERED = ("$sort", "$skip", "$limit")


class IndexedQuery(MongoQuery):
    """Sorts by stored fields before anything else is done with them, so that an index may have them in order already.

    MongoDB's own first sets each such field to itself (``{"$addFields": {"starts_at": "$starts_at"}}``), or picks the
    fields that are asked for. No index knows the order after that: every document is read, and sorted in memory.
    """

    extra_fields: dict[str, Any] | None

    def get_pipeline(self) -> Any:
        """As MongoDB's, its result too."""
        if self.extra_fields:
            self.extra_fields = {name: value for name, value in self.extra_fields.items() if value != f"${name}"}
        return _sorted_first(super().get_pipeline())


class SQLCompiler(MongoCompiler):
    """Makes such queries."""

    query_class = IndexedQuery


def _sorted_first(pipeline: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """With the choice of fields last, where it leaves those that are sorted by as they are."""
    chosen = next(
        (n for n, stage in enumerate(pipeline[:-1]) if "$project" in stage and "$sort" in pipeline[n + 1]), -1
    )
    if chosen < 0:
        return pipeline
    fields, ordered = pipeline[chosen]["$project"], pipeline[chosen + 1 :]
    stored = all(fields.get(name) == 1 for name in ordered[0]["$sort"])
    simple = all(next(iter(stage)) in _ORDERED for stage in ordered)
    return [*pipeline[:chosen], *ordered, pipeline[chosen]] if stored and simple else pipeline
