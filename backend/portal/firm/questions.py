"""Where a firm answers an open question: in the need's form, or in one of its profile's."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse

from backend.firms.fact_fields import FACT_FIELDS, YEARLY_FIELDS
from backend.needs.lifecycle import EDITABLE
from backend.needs.models import Need

_OF_NEED = frozenset(
    {"amount_max_yuan", "term_max_months", "max_annual_rate", "purposes", "collateral"}
)
_OF_PROFILE = {"stage": "declared_stage", "region": "county"}


def place_of(question: Mapping[str, Any], need: Need) -> str | None:
    """Return the address of the field that answers; None while the need may not change."""
    field = question["field"]
    if field in _OF_NEED:
        if need.status not in EDITABLE:
            return None
        return f"{reverse('portal:firm_need_edit', args=[need.public_id])}#id_{field}"
    return f"{reverse(f'portal:{_form_of(field)}')}#id_{_OF_PROFILE.get(field, field)}"


def _form_of(field: str) -> str:
    if field == "qualifications":
        return "firm_profile_qualification"
    if field == "incubator":
        return "firm_profile"
    if field in YEARLY_FIELDS or field == "fiscal_year":
        return "firm_profile_year"
    return "firm_profile_counts" if field in FACT_FIELDS else "firm_profile_edit"
