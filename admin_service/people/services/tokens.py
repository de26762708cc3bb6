"""Tokens in the addresses that let people in or show their calendar: made here, and stored as digests only.

A plain SHA-256 is enough, without a salt: a salt keeps two equal or guessable secrets from being told by their digests,
and a token is neither, being 256 bits from the system's random numbers. And without one a token is found by an index.
"""

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass

from bson import ObjectId

_SEED_BYTES = 32


@dataclass(frozen=True)
class Tokens:
    """The tokens of documents made together, each derived from one seed that is stored nowhere.

    Whoever has the seed has every token: it goes to the browser of who made them, for the moment of showing them, and
    never into a log.
    """

    seed: str

    @classmethod
    def new(cls) -> "Tokens":
        """Ones that nobody can guess."""
        return cls(secrets.token_urlsafe(_SEED_BYTES))

    def of(self, document_id: ObjectId) -> str:
        """A document's: 43 characters that an address can hold as they are; Telegram takes 62 after ``i_``."""
        made = hmac.digest(self.seed.encode(), document_id.binary, "sha256")
        return base64.urlsafe_b64encode(made).rstrip(b"=").decode()


def digest(token: str) -> str:
    """What is stored of a token, and looked up: 64 characters."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
