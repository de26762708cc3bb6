"""Inserting many documents at once, in a transaction."""

import pytest
from bson import ObjectId
from pymongo.errors import DuplicateKeyError

from common.mongo import collection, in_transaction, insert_all


def test_a_document_that_is_there_already_is_told_as_of_a_single_insert() -> None:
    """``tried_again`` reads anew after it. Guard: ``insert_all``, which makes one error of pymongo's two."""
    first, second = {"_id": ObjectId()}, {"_id": ObjectId()}
    collection("inbox").insert_one(first)

    with pytest.raises(DuplicateKeyError) as raised:
        in_transaction(lambda: insert_all("inbox", [second, first]))

    assert raised.value.code == 11_000
    assert collection("inbox").find_one(second) is None
