"""The fields of a product's version, under the names of the exchange format."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from matching.vocabulary import (
    COLLATERAL,
    CRITERIA,
    PURPOSES,
    QUALIFICATIONS,
    STAGES,
    TECH_FIELDS,
)

if TYPE_CHECKING:
    from backend.catalogue.models import ProductVersion

NAME_MAX_LENGTH = 200
CODE_MAX_LENGTH = 100
DESCRIPTION_MAX_LENGTH = 4_000
NOTE_MAX_LENGTH = 1_000

TEXT_FIELDS = {
    "name": NAME_MAX_LENGTH,
    "series": NAME_MAX_LENGTH,
    "description": DESCRIPTION_MAX_LENGTH,
    "note": NOTE_MAX_LENGTH,
}
# Codes of closed vocabularies; None says "not stated".
CODE_LIST_FIELDS: dict[str, Mapping[str, str]] = {
    "stages": STAGES,
    "stage_focus": STAGES,
    "tech_fields": TECH_FIELDS,
    "purposes": PURPOSES,
    "qualifications_all": QUALIFICATIONS,
    "qualifications_any": QUALIFICATIONS,
    "collateral": COLLATERAL,
}
REGION_FIELDS = ("regions",)
INDUSTRY_FIELDS = ("industries", "industries_excluded")
DECLARATION_FIELDS: dict[str, Mapping[str, str]] = {
    "undisclosed": CRITERIA,
    "open_conditions": CRITERIA,
}

# Whole numbers with the largest that can be meant; the smallest is zero.
INTEGER_FIELDS = {
    "amount_min_yuan": 10**13,
    "amount_max_yuan": 10**13,
    "term_min_months": 1_200,
    "term_max_months": 1_200,
    "firm_age_min_months": 12_000,
    "firm_age_max_months": 12_000,
    "approval_days": 3_650,
}
RATE_FIELDS = ("annual_rate_min", "annual_rate_max")
RATE_DECIMALS = 6
BOOLEAN_FIELDS = ("green_quota", "green_approval", "green_disbursement")
DATE_FIELDS = ("valid_from", "valid_until")

# Pairs of which the first may not exceed the second.
RANGES = (
    ("amount_min_yuan", "amount_max_yuan"),
    ("term_min_months", "term_max_months"),
    ("annual_rate_min", "annual_rate_max"),
    ("firm_age_min_months", "firm_age_max_months"),
)

# What the exchange format knows of a product beside its code, institution and publication.
EXCHANGE_FIELDS: tuple[str, ...] = (
    "name",
    "series",
    "variant_of",
    "financing_type",
    "stages",
    "stage_focus",
    "amount_min_yuan",
    "amount_max_yuan",
    "term_min_months",
    "term_max_months",
    "annual_rate_min",
    "annual_rate_max",
    "regions",
    "industries",
    "industries_excluded",
    "tech_fields",
    "purposes",
    "qualifications_all",
    "qualifications_any",
    "firm_age_min_months",
    "firm_age_max_months",
    "collateral",
    "terms",
    "green_quota",
    "green_approval",
    "green_disbursement",
    "approval_days",
    "undisclosed",
    "valid_from",
    "valid_until",
    "description",
)
# The platform's own: what is declared to be without condition, a remark, and whether the
# product only shows how such products look elsewhere and is not offered here.
CONTENT_FIELDS: tuple[str, ...] = (*EXCHANGE_FIELDS, "open_conditions", "note", "is_reference")

EMPTY_CONTENT: Mapping[str, Any] = {
    **dict.fromkeys(CONTENT_FIELDS),
    **dict.fromkeys(TEXT_FIELDS, ""),
    "terms": [],
    "undisclosed": [],
    "open_conditions": [],
    "is_reference": False,
}


def content_of(version: "ProductVersion | None") -> dict[str, Any]:
    """Return a version's content; of no version, the empty content."""
    if version is None:
        return dict(EMPTY_CONTENT)
    content = {field: getattr(version, field) for field in CONTENT_FIELDS}
    content["variant_of"] = version.variant_of.code if version.variant_of_id else None
    return content


def changed_fields(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Return the fields that differ, in the order of the format."""
    return [field for field in CONTENT_FIELDS if before[field] != after[field]]


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return each difference as field, from and to, ready to be written as JSON."""
    return [
        {"field": field, "from": to_json(before[field]), "to": to_json(after[field])}
        for field in changed_fields(before, after)
    ]


def to_json(value: Any) -> Any:
    """Return a value of the content as JSON has it; an empty text is null."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, date):
        return value.isoformat()
    return None if value == "" else value
