"""Parameters of a call, however they were sent: query string, form, multipart or JSON."""

import json
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, unquote

from starlette.requests import Request

from telegram_sandbox.errors import ApiError, bad_request
from telegram_sandbox.world.records import Json

_MAX_UPLOAD = 50 * 1024 * 1024


@dataclass(slots=True)
class Upload:
    """A file part of a multipart body."""

    name: str
    mime_type: str
    content: bytes


@dataclass(slots=True)
class Params:
    """One call's parameters; the readers take text and real JSON values alike, as Telegram does."""

    values: Json
    files: dict[str, Upload] = field(default_factory=dict)

    def given(self, name: str) -> bool:
        return name in self.values

    def text(self, name: str) -> str:
        """The parameter as text, "" when it is missing."""
        value = self.values.get(name)
        if value is None:
            return ""
        return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)

    def integer(self, name: str, default: int = 0) -> int:
        """The parameter as a whole number; what is no number counts as the default."""
        try:
            return int(self.text(name))
        except ValueError:
            return default

    def boolean(self, name: str) -> bool:
        return self.text(name).strip().lower() in ("true", "yes", "1")

    def structure(self, name: str, kind: str) -> Any:
        """The parameter read as JSON, None when missing. Raises ApiError naming `kind`."""
        value = self.values.get(name)
        if value in (None, ""):
            return None
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value)
        except ValueError:
            raise bad_request(f"can't parse {kind} JSON object") from None


async def read_params(request: Request) -> Params:
    """Reads query string and body. Raises ApiError when the body is not what its type says."""
    params = Params(dict(request.query_params))
    content_type = request.headers.get("content-type", "")
    if content_type.startswith("application/json"):
        await _read_json(request, params)
    elif content_type.startswith("application/x-www-form-urlencoded"):
        body = (await request.body()).decode(errors="replace")
        params.values.update(parse_qsl(body, keep_blank_values=True))
    elif content_type.startswith("multipart/form-data"):
        _read_multipart(content_type, await request.body(), params)
    return params


async def _read_json(request: Request, params: Params) -> None:
    body = await request.body()
    if not body:
        return
    try:
        values = json.loads(body)
    except ValueError:
        raise bad_request("can't parse JSON object") from None
    if not isinstance(values, dict):
        raise bad_request("object expected as request body")
    params.values.update(values)


def _read_multipart(content_type: str, body: bytes, params: Params) -> None:
    # The delimiter cannot occur inside a part (RFC 7578), so splitting is all there is to it.
    boundary = re.search(r'boundary="?([^";]+)', content_type)
    if boundary is None:
        raise bad_request("can't parse multipart body")
    for part in (b"\r\n" + body).split(b"\r\n--" + boundary[1].encode())[1:]:
        if part.startswith(b"--"):
            return
        _read_part(part, params)


def _read_part(part: bytes, params: Params) -> None:
    head, _, content = part.partition(b"\r\n\r\n")
    headers = head.decode(errors="replace")
    name = re.search(r'[; ]name="([^"]*)"', headers)
    if name is None:
        raise bad_request("can't parse multipart body")
    file = re.search(r'filename="([^"]*)"', headers)
    if file is None:
        params.values[name[1]] = content.decode(errors="replace")
        return
    if len(content) > _MAX_UPLOAD:
        raise ApiError(413, "Request Entity Too Large")
    mime_type = re.search(r"^content-type: *([^\r\n]+)", headers, re.IGNORECASE | re.MULTILINE)
    kind = mime_type[1] if mime_type else "application/octet-stream"
    params.files[name[1]] = Upload(unquote(file[1]) or name[1], kind, content)
