"""Who may ask the API: service tokens, kept as digests, with what each is allowed."""

import hashlib
import re
from typing import NamedTuple

READ, BOOK = "read", "book"
SCOPES = {READ, BOOK}
"""What an API client may be allowed: the lists, or booking for people."""


class ApiClient(NamedTuple):
    """Who may ask the API, by one token. A name may have several: a new one then replaces an old one at leisure."""

    name: str
    scopes: frozenset[str]
    digest: str

    @classmethod
    def read(cls, text: str) -> "ApiClient":
        """From ``name:scope+scope:digest``.

        Raises:
            ValueError: saying what it should be; the text stays out of it, for it may be a token.
        """
        match = re.fullmatch(r"([a-z0-9_-]{1,40}):([a-z]+(?:\+[a-z]+)*):([0-9a-f]{64})", text)
        if match is None or not set(match[2].split("+")) <= SCOPES:
            raise ValueError("should be name:read:digest or name:read+book:digest, as “manage.py api_token” gives them")
        return cls(match[1], frozenset(match[2].split("+")), match[3])


def token_digest(token: str) -> str:
    """What is kept of an API token. It is random and long, so there is nothing for a slower digest to protect."""
    return hashlib.sha256(token.encode()).hexdigest()
