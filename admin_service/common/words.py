"""A look-up of Django's query sets for lists of words, which an index over them serves."""

import re
from typing import Any

from django.db.models import Lookup
from django_mongodb_backend.fields import ArrayField


@ArrayField.register_lookup
class AnyStartsWith(Lookup):
    """``words__any_startswith="pe"``: one of the words begins so, capitals and all."""

    lookup_name = "any_startswith"
    prepare_rhs = False

    def as_mql(self, compiler: Any, connection: Any, as_expr: bool = False) -> dict[str, Any]:
        """A pattern with a fixed beginning, which MongoDB looks up rather than tries on every row."""
        return {self.lhs.as_mql(compiler, connection): word_pattern(str(self.rhs))}


def word_pattern(beginning: str) -> dict[str, str]:
    """MongoDB's condition of a text, or of one in a list, that begins so."""
    return {"$regex": f"^{re.escape(beginning)}"}
