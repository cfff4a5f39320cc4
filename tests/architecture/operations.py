"""Every operation that the API's addresses offer, found by walking them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

_METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one address."""

    method: str
    path: str
    view: Any
    action: str | None

    @property
    def name(self) -> str:
        """How the access matrix calls it."""
        return f"{self.method.upper()} {self.path}"

    @property
    def resource(self) -> str:
        """The first word of the address after the version."""
        return self.path.removeprefix("/api/v1/").split("/")[0]


def all_operations() -> list[Operation]:
    """Return every operation in order of address."""
    return sorted(_walk(get_resolver(), "/"), key=lambda operation: operation.name)


def _walk(resolver: URLResolver, prefix: str) -> Iterator[Operation]:
    for entry in resolver.url_patterns:
        if getattr(entry, "namespace", None) == "portal":
            continue  # pages have a matrix of their own
        path = prefix + _template(str(entry.pattern))
        if isinstance(entry, URLResolver):
            yield from _walk(entry, path)
        else:
            yield from _operations_of(entry, path)


def _template(pattern: str) -> str:
    return pattern.replace("<uuid:", "{").replace("<str:", "{").replace(">", "}")


def _operations_of(entry: URLPattern, path: str) -> Iterator[Operation]:
    view = getattr(entry.callback, "cls", None)
    actions = getattr(entry.callback, "actions", None)
    if actions is not None:
        for method in _METHODS:
            if method in actions:
                yield Operation(method, path, view, actions[method])
    elif view is not None:
        for method in _METHODS:
            if hasattr(view, method):
                yield Operation(method, path, view, None)
    else:
        yield Operation("get", path, entry.callback, None)
