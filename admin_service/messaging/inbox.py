"""Which requests were decided already: what has had its effect is never given up, and never answered anew."""

from common.mongo import collection, current_session


def is_decided(message_id: object) -> bool:
    """Whether a request's effect is stored. Joins the transaction under way, if there is one."""
    query = {"_id": str(message_id)}
    return collection("inbox").find_one(query, {"_id": 1}, session=current_session()) is not None
