"""Products and preferential policies of compiled sources, through the same services as people's.

What an institution has written itself is never overwritten.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from backend.catalogue import services
from backend.catalogue.conditions import (
    NEVER_OPEN,
    applicable_criteria,
    complete_undisclosed,
    is_stated,
)
from backend.catalogue.content import EMPTY_CONTENT
from backend.catalogue.enums import PolicyStatus, ProductStatus, VersionOrigin
from backend.catalogue.loading.outcome import Outcome
from backend.catalogue.models import Policy, Product
from backend.catalogue.selectors import get_offering_institution
from backend.catalogue.services.common import Provenance
from backend.catalogue.services.preferential import POLICY_FIELDS
from backend.common.errors import InvalidInput
from backend.organizations.models import Organization
from matching.vocabulary import CRITERIA

_PRODUCT_KEYS = frozenset({"code", "institution", "published"})
_POLICY_KEYS = frozenset({"code", "institution", "provenance"})


@transaction.atomic
def load_product(
    record: Mapping[str, Any],
    *,
    provenance: Provenance | None = None,
    note: str = "",
    is_reference: bool = False,
    now: datetime,
) -> Outcome:
    """Draft and publish a product of the exchange format, or a new version where it differs.

    A condition that the record neither states nor lists as undisclosed is declared open. A
    record that is no longer ``published`` closes the product. Raises `InvalidInput`.
    """
    institution = _institution_of(record)
    values = _product_values(record) | {"note": note, "is_reference": is_reference}
    found = Product.objects.filter(code=record["code"]).first()
    if found is None:
        product = services.create_product(
            actor=None,
            institution=institution,
            code=record["code"],
            values=values,
            provenance=provenance,
        )
        _settle(product, record, now)
        return Outcome.CREATED
    _check_owner(found, institution)
    if found.status == ProductStatus.CLOSED or _is_institutions_own(found):
        return Outcome.KEPT
    before = found.revision
    product = services.update_product(
        actor=None,
        product=found,
        values=values,
        provenance=provenance or {},
        expected_revision=None,
    )
    product = _settle(product, record, now)
    return Outcome.UNCHANGED if product.revision == before else Outcome.CHANGED


@transaction.atomic
def load_policy(entry: Mapping[str, Any], *, now: datetime) -> Outcome:
    """Draft and publish a preferential policy, or change it where it differs.

    Raises `InvalidInput`.
    """
    institution = _institution_of(entry)
    values = dict.fromkeys(POLICY_FIELDS) | {
        field: value for field, value in entry.items() if field not in _POLICY_KEYS
    }
    provenance = entry.get("provenance") or {}
    found = Policy.objects.filter(code=entry["code"]).first()
    if found is None:
        policy = services.create_policy(
            actor=None,
            institution=institution,
            code=entry["code"],
            values=values,
            provenance=provenance,
        )
        services.publish_policy(actor=None, policy=policy, expected_revision=None, now=now)
        return Outcome.CREATED
    _check_owner(found, institution)
    if found.status == PolicyStatus.WITHDRAWN or found.origin == VersionOrigin.INSTITUTION:
        return Outcome.KEPT
    policy = services.update_policy(
        actor=None, policy=found, values=values, provenance=provenance, expected_revision=None
    )
    return Outcome.UNCHANGED if policy.revision == found.revision else Outcome.CHANGED


def _institution_of(record: Mapping[str, Any]) -> Organization:
    for key in ("code", "institution"):
        if not isinstance(record.get(key), str) or not record[key]:
            raise InvalidInput.of(key, "required", "必填，应为文字。")
    return get_offering_institution(record["institution"])


def _check_owner(found: Product | Policy, institution: Organization) -> None:
    if found.institution_id != institution.pk:
        raise InvalidInput.of(
            "institution",
            "institution_changed",
            f"代码“{found.code}”已属于“{found.institution}”，不能改属“{institution}”。",
        )


def _is_institutions_own(product: Product) -> bool:
    return product.versions.filter(origin=VersionOrigin.INSTITUTION).exists()


def _product_values(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return the whole content of a record, its silence said out loud.

    Values of a wrong type are left as they are; the services refuse them.
    """
    values = dict(EMPTY_CONTENT) | {
        field: value for field, value in record.items() if field not in _PRODUCT_KEYS
    }
    listed, financing_type = values["undisclosed"] or [], values["financing_type"]
    if not _is_list_of_texts(listed) or not isinstance(financing_type, str | None):
        return values
    content = _without_empty_lists({**values, "undisclosed": listed})
    stated = {code for code in CRITERIA if is_stated(code, content)}
    if values["terms"]:
        stated.add("terms")
    silent = applicable_criteria(financing_type) - stated - {*listed} - NEVER_OPEN
    content["open_conditions"] = [code for code in CRITERIA if code in silent]
    unknown = [code for code in listed if code not in CRITERIA]
    return content | {"undisclosed": unknown + complete_undisclosed(content)}


def _is_list_of_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _without_empty_lists(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values with an empty list of conditions read as none stated."""
    declarations = ("undisclosed", "open_conditions", "terms")
    return {
        field: None if value == [] and field not in declarations else value
        for field, value in values.items()
    }


def _settle(product: Product, record: Mapping[str, Any], now: datetime) -> Product:
    """Publish what is to be published, and close what no longer is."""
    if record.get("published", True):
        if not product.versions.drafts().exists():
            return product
        return services.publish_product(
            actor=None, product=product, no_tie_in=False, expected_revision=None, now=now
        )
    if product.status == ProductStatus.PUBLISHED:
        return services.close_product(actor=None, product=product, expected_revision=None, now=now)
    return product
