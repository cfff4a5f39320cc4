"""Every field that can hold words stands in the data catalogue, and nothing else does."""

import re

from django.apps import apps
from django.conf import settings
from django.db import models

_PAGE = settings.BASE_DIR / "docs" / "data-catalogue.md"
_CLASSES = {"public", "internal", "business", "personal", "secret"}
_KEPT = {
    "with its row",
    "record",
    "delivery",
    "log",
    "log, after its end",
    "day",
    "session",
    "notice",
}
# What numbers, moments and references say is said of the row that they belong to.
_WITHOUT_WORDS = (
    models.ForeignKey,
    models.BooleanField,
    models.DateField,
    models.DecimalField,
    models.IntegerField,
    models.FloatField,
    models.UUIDField,
    models.AutoField,
)
# Tables of the framework that hold the names of its own parts.
_OF_THE_FRAMEWORK = {"contenttypes", "auth"}
_ABOUT_PERSONS = re.compile(
    r"(^|_)(phone|email|username|display_name|first_name|last_name|contact_name|contact_person"
    r"|ip_address|user_agent|sponsor)$"
)


def stored() -> set[tuple[str, str]]:
    """Return table and field of everything that can hold words."""
    return {
        (model._meta.label_lower, field.name)
        for model in apps.get_models()
        if model._meta.app_label not in _OF_THE_FRAMEWORK
        for field in model._meta.local_concrete_fields
        if not isinstance(field, _WITHOUT_WORDS) and not _is_choice(field)
    }


def _is_choice(field: models.Field) -> bool:
    return bool(field.choices or getattr(getattr(field, "base_field", None), "choices", None))


def described() -> dict[tuple[str, str], tuple[str, str, str]]:
    """Return class, purpose and time of each field on the page."""
    found: dict[tuple[str, str], tuple[str, str, str]] = {}
    for line in _PAGE.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if not line.startswith("| `") or len(cells) != 5:
            continue
        table, fields, *about = cells
        for field in re.findall(r"`([a-z0-9_]+)`", fields):
            key = (table.strip("`"), field)
            assert key not in found, f"{key} stands twice in {_PAGE.name}"
            found[key] = (about[0], about[1], about[2])
    return found


def test_every_field_has_its_row_and_no_row_is_about_nothing():
    missing, superfluous = stored() - described().keys(), described().keys() - stored()

    assert not missing, f"add to {_PAGE.name}: {sorted(missing)}"
    assert not superfluous, f"remove from {_PAGE.name}: {sorted(superfluous)}"


def test_each_row_names_a_class_a_purpose_and_a_time():
    wrong = {
        key: about
        for key, about in described().items()
        if about[0] not in _CLASSES or not about[1] or about[2] not in _KEPT
    }
    assert not wrong


def test_what_is_about_persons_is_classed_so():
    classes = {key: about[0] for key, about in described().items()}
    persons = {key for key in stored() if _ABOUT_PERSONS.search(key[1])}

    assert len(persons) > 10
    assert {key for key in persons if classes[key] not in {"personal", "secret"}} == set()
