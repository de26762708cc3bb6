"""The types of Unfold's decorators, which has none that hold: what is decorated stays what it was."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])

def action(
    *,
    description: Any = None,
    url_path: str | None = None,
    permissions: Iterable[str] | None = None,
    icon: str | None = None,
    variant: Any = None,
    attrs: Mapping[str, Any] | None = None,
) -> Callable[[F], F]: ...
def display(
    *,
    description: Any = None,
    ordering: str | None = None,
    label: bool | str | Mapping[str, str] | None = None,
    header: bool | None = None,
    boolean: bool | None = None,
) -> Callable[[F], F]: ...
