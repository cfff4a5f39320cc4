"""Reads everything that somebody can find by following addresses: lists, then what they name."""

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from typing import Any

from rest_framework.test import APIClient

from tests.architecture.operations import Operation, all_operations

ID = "{id}"
# Say nothing of anybody, and are the same for everybody.
PUBLIC = frozenset(
    {"", "docs", "schema", "regions", "reporting-units", "industries", "qualifications", "stages"}
)
# What is asked beside the address, where an address does not answer without.
_QUESTIONS = {
    "/api/v1/needs/{id}/what-if/": {"field": "amount_max_yuan"},
    "/api/v1/reports/funnel/rows/": {"cell": "referred"},
}
# Computed anew for each object from the catalogue, by the same code: some are enough.
_COMPUTED = frozenset({"matches", "near-misses", "questions", "calendar", "what-if", "gained"})
# Of these the page shows of each object as much as its own address does.
_SHOWN_WHOLE_ON_PAGES = frozenset(
    {"agreements", "audit-events", "contacts", "disclosures", "memberships", "organizations"}
    | {"match-runs", "policies", "products", "sheets"}
)
_SOME = 3
_NESTED_KINDS = {
    "{sheet_id}": "sheets",
    "{row_id}": "rows",
    "{tenancy_id}": "tenancies",
    "{evaluation_id}": "evaluations",
}
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@cache
def reading() -> dict[str, list[Operation]]:
    """Return the addresses that are read, by resource."""
    found: dict[str, list[Operation]] = defaultdict(list)
    for operation in all_operations():
        if operation.method == "get" and operation.resource not in PUBLIC:
            found[operation.resource].append(operation)
    return found


def read_everything(
    client: APIClient, *, most_computed: int = 100, resources: frozenset[str] | None = None
) -> Iterator[tuple[str, bytes]]:
    """Yield each address and its answer, refusals included.

    Of objects that pages show whole a few are read; what is computed, for the first
    ``most_computed`` objects of a resource.
    """
    for resource, operations in reading().items():
        if resources is not None and resource not in resources:
            continue
        ids: list[str] = []
        for operation in operations:
            if "{" not in operation.path:
                url, answer = _get(client, operation.path)
                yield url, answer
                if operation.path == f"/api/v1/{resource}/":
                    ids = list_ids(answer)
        if resource in _SHOWN_WHOLE_ON_PAGES:
            ids = ids[:_SOME]
        for place, found in enumerate(ids):
            for operation in operations:
                if ID in operation.path and (place < most_computed or not is_computed(operation)):
                    yield from _read(client, operation.path.replace(ID, found))


def is_computed(operation: Operation) -> bool:
    """Tell whether an answer is worked out, and not only read."""
    return operation.path.rstrip("/").rpartition("/")[2] in _COMPUTED


def list_ids(answer: bytes) -> list[str]:
    """Return the ids of a page's objects."""
    if not answer.startswith(b"{"):
        return []
    rows = _json(answer).get("results", [])
    return [row["id"] for row in rows if isinstance(row, dict) and "id" in row]


def ids_in(text: str) -> set[str]:
    """Return every id that a text holds."""
    return set(_UUID.findall(text))


def _read(client: APIClient, path: str) -> Iterator[tuple[str, bytes]]:
    """Read an address; where it names a part of the object, once for each part."""
    parts = [name for name in _NESTED_KINDS if name in path]
    if not parts:
        yield _get(client, path)
        return
    for name in parts:
        listing, _, _ = path.partition(name)
        for found in list_ids(_get(client, listing)[1]):
            yield _get(client, path.replace(name, found))


def _get(client: APIClient, path: str) -> tuple[str, bytes]:
    query: dict[str, Any] = {}
    for template, question in _QUESTIONS.items():
        if re.fullmatch(template.replace(ID, "[^/]+"), path):
            query = question
    if path.count("/") == 4 and "{" not in path:
        query = {"page_size": "200"}
    answer = client.get(path, query)
    if answer.status_code == 400 and "page_size" in query:
        answer = client.get(path)
    assert answer.status_code < 500, f"{path} answered {answer.status_code}"
    return path, answer.content


def _json(answer: bytes) -> dict[str, Any]:
    import json

    return json.loads(answer)
