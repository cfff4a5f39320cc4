"""What others read of the catalogue."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from backend.catalogue.content import content_of, differences
from backend.catalogue.models import Product, ProductVersion
from backend.catalogue.policies import speaks_for
from backend.catalogue.state import get_catalogue_version
from backend.common.errors import InvalidInput
from backend.organizations.actors import Actor
from backend.organizations.enums import OFFERING_KINDS
from backend.organizations.models import Organization

__all__ = [
    "Catalogue",
    "PublishedProduct",
    "PublishedTerm",
    "ShownProduct",
    "VersionChange",
    "as_published",
    "get_catalogue",
    "get_catalogue_version",
    "get_offering_institution",
    "get_published_version",
    "list_changes",
    "list_offering_institutions",
    "list_published_versions",
    "show_product",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedTerm:
    """One further condition; ``value`` is a tuple with ``in`` and ``not_in``."""

    field: str
    op: str
    value: int | float | str | tuple[int | float | str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedProduct:
    """A version in force: the product of the exchange format, and how to name it to people.

    ``institution`` is the institution's code. None is "not stated".
    """

    product_id: UUID
    version_id: UUID
    version_pk: int
    version_number: int
    institution_name: str
    is_reference: bool
    is_demonstration: bool

    code: str
    institution: str
    name: str
    series: str | None
    variant_of: str | None
    financing_type: str | None
    stages: tuple[str, ...] | None
    stage_focus: tuple[str, ...] | None
    amount_min_yuan: int | None
    amount_max_yuan: int | None
    term_min_months: int | None
    term_max_months: int | None
    annual_rate_min: float | None
    annual_rate_max: float | None
    regions: tuple[str, ...] | None
    industries: tuple[str, ...] | None
    industries_excluded: tuple[str, ...] | None
    tech_fields: tuple[str, ...] | None
    purposes: tuple[str, ...] | None
    qualifications_all: tuple[str, ...] | None
    qualifications_any: tuple[str, ...] | None
    firm_age_min_months: int | None
    firm_age_max_months: int | None
    collateral: tuple[str, ...] | None
    terms: tuple[PublishedTerm, ...]
    green_quota: bool | None
    green_approval: bool | None
    green_disbursement: bool | None
    approval_days: int | None
    undisclosed: frozenset[str]
    valid_from: date | None
    valid_until: date | None
    description: str | None


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everything in force in one version of the catalogue, by product code."""

    version: int
    products: tuple[PublishedProduct, ...]


def list_published_versions(*, catalogue_version: int | None = None) -> list[PublishedProduct]:
    """Return what is in force, or was in an earlier version of the catalogue, by code.

    Validity is not looked at: it depends on the day that a computation speaks about. One
    query, however many there are.
    """
    versions = ProductVersion.objects.filter(published_at__isnull=False)
    if catalogue_version is None:
        versions = versions.filter(withdrawn_at__isnull=True)
    else:
        versions = versions.in_catalogue(catalogue_version)
    versions = versions.select_related("product__institution", "variant_of")
    return sorted((as_published(version) for version in versions), key=lambda found: found.code)


def get_catalogue() -> Catalogue:
    """Return the newest catalogue with its version, the two surely belonging together.

    A version once committed never changes, so what was in force in it can be read after it.
    """
    version = get_catalogue_version()
    return Catalogue(
        version=version, products=tuple(list_published_versions(catalogue_version=version))
    )


def get_published_version(product: Product, number: int) -> PublishedProduct | None:
    """Return a version that is or was in force; None where there is none of that number."""
    found = (
        product.versions.filter(number=number, published_at__isnull=False)
        .select_related("product__institution", "variant_of")
        .first()
    )
    return None if found is None else as_published(found)


def get_offering_institution(code: str) -> Organization:
    """Return the institution or incubator of a code, or refuse the field ``institution``."""
    found = Organization.objects.filter(code=code, kind__in=OFFERING_KINDS).first()
    if found is None:
        raise InvalidInput.of(
            "institution",
            "unknown_institution",
            f"没有代码为“{code[:80]}”的金融机构或孵化载体。",
        )
    return found


@dataclass(frozen=True, slots=True)
class ShownProduct:
    """A product as one actor sees it: the wording shown, and the draft where it is theirs.

    The revision that outsiders see counts public changes only.
    """

    product: Product
    version: ProductVersion
    draft: ProductVersion | None
    revision: int


def show_product(product: Product, *, actor: Actor) -> ShownProduct:
    """Return what an actor sees of a product that was loaded with `for_display`.

    What is in force is shown, or was when the product was closed; before the first
    publication the draft stands for it.
    """
    draft = product.visible_drafts[0] if product.visible_drafts else None
    is_own = speaks_for(actor, product.institution)
    return ShownProduct(
        product=product,
        version=product.current_version or draft,
        draft=draft,
        revision=product.revision if is_own else product.public_revision,
    )


@dataclass(frozen=True, slots=True)
class VersionChange:
    """A version and what it changed against the one before."""

    version: ProductVersion
    differences: list[dict[str, Any]]


def list_changes(versions: Sequence[ProductVersion]) -> list[VersionChange]:
    """Return each version of a product with its differences, in the order given.

    Numbers have no gaps, so the version before is the one with the number before.
    """
    if not versions:
        return []
    contents: dict[int, Mapping[str, Any]] = {0: content_of(None)}
    contents |= {version.number: content_of(version) for version in versions}
    missing = {version.number - 1 for version in versions} - contents.keys()
    earlier = ProductVersion.objects.filter(
        product=versions[0].product_id, number__in=missing
    ).select_related("variant_of")
    contents |= {version.number: content_of(version) for version in earlier}
    return [
        VersionChange(version, differences(contents[version.number - 1], contents[version.number]))
        for version in versions
    ]


_TUPLES = (
    "stages",
    "stage_focus",
    "regions",
    "industries",
    "industries_excluded",
    "tech_fields",
    "purposes",
    "qualifications_all",
    "qualifications_any",
    "collateral",
)
_AS_STORED = (
    "name",
    "financing_type",
    "amount_min_yuan",
    "amount_max_yuan",
    "term_min_months",
    "term_max_months",
    "firm_age_min_months",
    "firm_age_max_months",
    "green_quota",
    "green_approval",
    "green_disbursement",
    "approval_days",
    "valid_from",
    "valid_until",
    "is_reference",
)


def as_published(version: ProductVersion) -> PublishedProduct:
    """Return a version as the exchange format has it, whether or not it is in force."""
    product, institution = version.product, version.product.institution
    return PublishedProduct(
        product_id=product.public_id,
        version_id=version.public_id,
        version_pk=version.pk,
        version_number=version.number,
        institution_name=institution.name,
        is_demonstration=institution.is_demonstration,
        code=product.code,
        institution=institution.code,
        series=version.series or None,
        description=version.description or None,
        variant_of=version.variant_of.code if version.variant_of_id else None,
        annual_rate_min=_fraction(version.annual_rate_min),
        annual_rate_max=_fraction(version.annual_rate_max),
        terms=tuple(_term(entry) for entry in version.terms),
        undisclosed=frozenset(version.undisclosed),
        **{field: _tuple(getattr(version, field)) for field in _TUPLES},
        **{field: getattr(version, field) for field in _AS_STORED},
    )


def _tuple(values: list[str] | None) -> tuple[str, ...] | None:
    return tuple(values) if values else None


def _fraction(value: Any) -> float | None:
    return None if value is None else float(value)


def _term(entry: Mapping[str, Any]) -> PublishedTerm:
    value = entry["value"]
    return PublishedTerm(
        field=entry["field"],
        op=entry["op"],
        value=tuple(value) if isinstance(value, list) else value,
    )


def list_offering_institutions(actor: Actor) -> list[tuple[str, str]]:
    """Return code and name of the institutions whose offers the actor may know of, by name.

    Whose products are all drafts is not among them.
    """
    offered = Product.objects.visible_to(actor).filter(institution__is_active=True)
    rows = offered.order_by("institution__name", "institution__code").distinct()
    return list(rows.values_list("institution__code", "institution__name"))
