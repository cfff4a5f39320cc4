"""Who may open which page: `page_matrix.csv` holds the reviewed answer for every page.

A cell is `sign-in`, 403, 404, or `in` when the page opens (or, for a press of a button, when the
press is listened to). A new page without a row fails, and so does a row without a page. To
write the file anew, for review: ``python -m pytest tests/portal --write-matrix``.
"""

import csv
from functools import cache
from pathlib import Path

import pytest
from django.db import transaction
from django.urls import URLPattern, get_resolver, reverse

from backend.portal.urls import urlpatterns
from tests.architecture.world import ACTORS, World, make_world
from tests.factories.referrals import DrawdownFactory

MATRIX = Path(__file__).with_name("page_matrix.csv")
OPEN_PAGES = {"home", "sign_in", "sign_out", "register", "register_code"}
REFUSALS = {403, 404, 405}
# The plural of a resource, where its address has another name than its key in the world.
RESOURCES = {
    "list": "referral-lists",
    "run": "match-runs",
    "model": "models",
    "source": "past-results",
    "policy": "policies",
    "activity": "activities",
    "delivery": "deliveries",
}


def all_pages() -> dict[str, URLPattern]:
    """Return every named page with its pattern."""
    found: dict[str, URLPattern] = {}

    def walk(patterns) -> None:
        for pattern in patterns:
            if isinstance(pattern, URLPattern):
                found[pattern.name] = pattern
            else:
                walk(pattern.url_patterns)

    walk(urlpatterns)
    return found


def methods_of(pattern: URLPattern) -> list[str]:
    """Return which of GET and POST a page answers."""
    view = getattr(pattern.callback, "view_class", None)
    if view is None:
        return ["GET"]
    return [method for method in ("GET", "POST") if hasattr(view, method.lower())]


def address_of(world: World, name: str) -> str:
    """Fill a page's address with this world's objects: ``need_id`` is the need's public id."""
    (possibility,) = get_resolver().namespace_dict["portal"][1].reverse_dict.getlist(name)
    values = {}
    for parameter in possibility[0][0][1]:
        kind = parameter.removesuffix("_id")
        found = world.objects[RESOURCES.get(kind, f"{kind.replace('_', '-')}s")]
        values[parameter] = getattr(found, "public_id", found)
    return reverse(f"portal:{name}", kwargs=values)


@cache
def read_matrix() -> dict[str, dict[str, str]]:
    with MATRIX.open(encoding="utf-8", newline="") as file:
        return {row["page"]: row for row in csv.DictReader(file)}


def add_what_only_pages_name(world: World) -> None:
    """Add rows that addresses of the API reach through their list or referral."""
    world.objects["rows"] = world.objects["referral-lists"].rows.first()
    world.objects["firm-rows"] = world.objects["referral-lists"].roster_rows.first()
    world.objects["units"] = world.people["other_city"].organization
    world.objects["drawdowns"] = DrawdownFactory(referral=world.objects["referrals"])
    world.objects["answers"] = "decline"


def rows() -> list[tuple[str, str, str]]:
    return [
        (f"{method} {name}", method, name)
        for name, pattern in sorted(all_pages().items())
        for method in methods_of(pattern)
    ]


def knock(client, method: str, address: str) -> str:
    """Open the page, or press its button with nothing filled in, and undo what that did."""
    with transaction.atomic():
        answer = getattr(client, method.lower())(address)
        transaction.set_rollback(True)
    assert answer.status_code < 500, f"{method} {address} answered {answer.status_code}"
    if answer.status_code == 302 and answer.url.startswith(reverse("portal:sign_in") + "?"):
        return "sign-in"
    return str(answer.status_code) if answer.status_code in REFUSALS else "in"


def test_every_page_has_a_row_and_every_row_a_page():
    assert {row for row, _, _ in rows()} == read_matrix().keys()


@pytest.mark.slow
def test_everybody_opens_what_the_matrix_says(db, browse, request):
    world = make_world()
    add_what_only_pages_name(world)
    clients = {name: browse(None if name == "anonymous" else world.people[name]) for name in ACTORS}
    found = {
        row: {actor: knock(clients[actor], method, address_of(world, name)) for actor in ACTORS}
        for row, method, name in rows()
    }
    if request.config.getoption("--write-matrix"):
        write_matrix(found)
        pytest.skip("the matrix was written anew; review the differences")
    wrong = [
        f"{row} as {actor}: expected {read_matrix()[row][actor]}, found {answer}"
        for row, cells in found.items()
        for actor, answer in cells.items()
        if row in read_matrix() and read_matrix()[row][actor] != answer
    ]
    assert not wrong, "\n".join(wrong)


def write_matrix(found: dict[str, dict[str, str]]) -> None:
    with MATRIX.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, ["page", *ACTORS], lineterminator="\n")
        writer.writeheader()
        for row, cells in found.items():
            writer.writerow({"page": row, **cells})


def test_nobody_anonymous_sees_a_page_of_a_role():
    for row, cells in read_matrix().items():
        if row.split()[1] not in OPEN_PAGES:
            assert cells["anonymous"] == "sign-in", row


def test_no_role_opens_the_pages_of_another():
    for row, cells in read_matrix().items():
        for role, strangers in (
            ("firm", ("incubator", "bank", "department", "auditor", "administrator")),
            ("institution", ("firm", "incubator", "department", "auditor", "administrator")),
            ("department", ("firm", "incubator", "bank", "administrator")),
            ("incubator", ("firm", "bank", "department", "auditor", "administrator")),
        ):
            if row.split()[1].split("_")[0] == role:
                for actor in strangers:
                    assert cells[actor] == "404", (row, actor)
