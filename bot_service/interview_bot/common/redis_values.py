"""Values in Redis. One may be missing, or unreadable because another version or somebody by hand wrote it.

What can't be read is dropped and counted; whoever asks for it gets none, and makes it anew.
"""

from collections.abc import Awaitable
from typing import TypeVar

from pydantic import TypeAdapter
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import ConstantBackoff
from structlog.stdlib import get_logger

from interview_bot.common.metrics import UNREADABLE

T = TypeVar("T")
_log = get_logger(__name__)


def connect(url: str) -> Redis:
    """A client that fails within a second or two and says so: a person waits behind every call."""
    return Redis.from_url(
        url,
        decode_responses=True,
        encoding_errors="backslashreplace",  # bytes that are no text are no JSON either, and so dropped
        socket_timeout=2,
        socket_connect_timeout=1,
        health_check_interval=15,
        retry=Retry(ConstantBackoff(0.05), 1),
    )


async def answer_of(call: Awaitable[T] | T) -> T:
    """What a command answers. redis-py types some commands for both of its clients; this one's are always awaited."""
    return await call if isinstance(call, Awaitable) else call


async def read_texts(redis: Redis, *keys: str) -> list[str | None]:
    """The texts under the keys, None where there is none. A key of another type counts as none; SET replaces it.

    Raises:
        RedisError
    """
    found: list[str | None] = await redis.mget(*keys)  # GET fails on a list or a hash, MGET does not
    return found


async def read_json(redis: Redis, key: str, kind: TypeAdapter[T]) -> T | None:
    """The JSON value under the key, None where there is none that can be read.

    Raises:
        RedisError
    """
    [text] = await read_texts(redis, key)
    try:
        return None if text is None else kind.validate_json(text)
    except ValueError as error:
        await drop(redis, key, error)
        return None


async def drop(redis: Redis, key: str, error: Exception, field: str | None = None) -> None:
    """Remove what could not be read: the key, or the field of a hash. Its content stays out of the logs.

    Raises:
        RedisError
    """
    UNREADABLE.labels(key.partition(":")[0]).inc()
    _log.warning("unreadable_value_dropped", key=key, field=field, error=type(error).__name__)
    if field is None:
        await redis.delete(key)
    else:
        await answer_of(redis.hdel(key, field))
