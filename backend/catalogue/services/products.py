"""Changes to products: draft, edit, publish, close."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from backend.catalogue import policies
from backend.catalogue.conditions import complete_undisclosed, lift_restated
from backend.catalogue.content import (
    CONTENT_FIELDS,
    NOTE_MAX_LENGTH,
    changed_fields,
    content_of,
    differences,
)
from backend.catalogue.enums import ProductStatus
from backend.catalogue.lifecycle import check_product_editable, check_product_transition
from backend.catalogue.models import Product, ProductVersion
from backend.catalogue.services.common import (
    Provenance,
    check_institution,
    check_provenance,
    code_for,
    origin_of,
    own_provenance,
    require,
    save_new,
)
from backend.catalogue.state import advance_catalogue
from backend.catalogue.validation import check_content, clean_text, clean_values
from backend.common.errors import InvalidInput, StateConflict
from backend.common.problems import ProblemList
from backend.journal.enums import EventType
from backend.journal.services import record
from backend.organizations.actors import Actor
from backend.organizations.models import Organization

_PROVENANCE_FIELDS = frozenset({*CONTENT_FIELDS, "institution"})
_NO_PROVENANCE = frozenset({"undisclosed", "open_conditions", "note", "is_reference"})


@transaction.atomic
def create_product(
    *,
    actor: Actor | None,
    institution: Organization,
    values: Mapping[str, Any],
    code: str | None = None,
    provenance: Provenance | None = None,
) -> Product:
    """Draft a product for an institution; its first version is number 1.

    ``actor`` is None when the platform loads compiled sources. Without a code the product
    gets one of its institution's. Raises `InvalidInput`, `NotPermitted`.
    """
    check_institution(institution)
    if actor is not None:
        require(
            policies.can_edit_products_of(actor, institution),
            "只能为本机构及下级机构起草产品。",
        )
    product = Product(institution=institution)
    product.code = code_for(Product, code, institution=institution, public_id=product.public_id)
    content = merge_content(content_of(None), values)
    save_new(product)
    _write_draft(product, None, content, actor=actor, provenance=provenance)
    record(
        EventType.PRODUCT_CREATED,
        subject=product,
        actor=actor,
        payload={"code": product.code, "institution": institution.code},
    )
    return product


@transaction.atomic
def update_product(
    *,
    actor: Actor | None,
    product: Product,
    values: Mapping[str, Any],
    expected_revision: int | None,
    provenance: Provenance | None = None,
) -> Product:
    """Change a product's draft; where there is none, a new one begins from what is in force.

    What is published stays in force until the draft is published. Values that change nothing
    leave everything as it was. Raises `InvalidInput`, `NotPermitted`, `StateConflict`,
    `StaleRevision`.
    """
    product = _lock(product)
    if actor is not None:
        require(
            policies.can_edit_products_of(actor, product.institution),
            "只能修改本机构及下级机构的产品。",
        )
    product.check_revision(expected_revision)
    check_product_editable(product.status)
    base = draft_of(product) or product.current_version
    content = merge_content(content_of(base), values)
    changed = changed_fields(content_of(base), content)
    if not changed and provenance in (None, base.provenance):
        return product
    _write_draft(product, base, content, actor=actor, provenance=provenance)
    product.save_revision()
    record(
        EventType.PRODUCT_CHANGED,
        subject=product,
        actor=actor,
        payload={"code": product.code, "fields": changed},
    )
    return product


@transaction.atomic
def publish_product(
    *,
    actor: Actor | None,
    product: Product,
    no_tie_in: bool,
    expected_revision: int | None,
    now: datetime,
) -> Product:
    """Put a product's draft in force in place of the version before it.

    Conditions that are neither stated nor declared open count as undisclosed from here on. A
    person who publishes declares that the product ties no deposit, payroll or insurance to
    itself. Raises `InvalidInput`, `NotPermitted`, `StateConflict`, `StaleRevision`.
    """
    product = _lock(product)
    if actor is not None:
        require(
            policies.can_publish_product(actor, product),
            "只有本机构或上级机构负责人可以发布产品。",
        )
    product.check_revision(expected_revision)
    check_product_transition(product.status, ProductStatus.PUBLISHED)
    draft = draft_of(product)
    if draft is None:
        raise StateConflict("nothing_to_publish", "没有待发布的修改。请先修改产品再发布。")
    _check_publication(draft, declared=no_tie_in or actor is None, now=now)

    before = product.current_version
    previous = content_of(before)
    draft.undisclosed = complete_undisclosed(content_of(draft))
    draft.no_tie_in = no_tie_in
    catalogue = advance_catalogue()
    now = _withdraw(before, catalogue=catalogue, now=now)
    draft.published_at, draft.published_in = now, catalogue
    draft.save()
    product.status, product.current_version = ProductStatus.PUBLISHED, draft
    _save_publicly(product, now)
    record(
        EventType.PRODUCT_PUBLISHED,
        subject=product,
        actor=actor,
        payload={
            "code": product.code,
            "version": draft.number,
            "catalogue": catalogue,
            "differences": differences(previous, content_of(draft)),
        },
    )
    return product


@transaction.atomic
def close_product(
    *,
    actor: Actor | None,
    product: Product,
    reason: str = "",
    expected_revision: int | None,
    now: datetime,
) -> Product:
    """Take a product off the catalogue for good; a draft that was begun is dropped.

    Raises `InvalidInput`, `NotPermitted`, `StateConflict`, `StaleRevision`.
    """
    product = _lock(product)
    if actor is not None:
        require(
            policies.can_publish_product(actor, product),
            "只有本机构或上级机构负责人可以下架产品。",
        )
    product.check_revision(expected_revision)
    check_product_transition(product.status, ProductStatus.CLOSED)
    problems = ProblemList()
    product.closed_reason = clean_text(problems, "reason", reason, NOTE_MAX_LENGTH)
    problems.refuse()
    product.versions.drafts().delete()
    catalogue = advance_catalogue()
    now = _withdraw(product.current_version, catalogue=catalogue, now=now)
    product.status = ProductStatus.CLOSED
    _save_publicly(product, now)
    record(
        EventType.PRODUCT_CLOSED,
        subject=product,
        actor=actor,
        payload={"code": product.code, "catalogue": catalogue},
    )
    return product


def _lock(product: Product) -> Product:
    """Return the product's newest row, locked until the transaction ends.

    Without joins: rows joined to a row that had to be waited for would be older than it.
    """
    return Product.objects.select_for_update().get(pk=product.pk)


def draft_of(product: Product) -> ProductVersion | None:
    return product.versions.drafts().first()


def merge_content(base: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the content after a change, or refuse it with everything that is wrong."""
    problems = ProblemList()
    cleaned = clean_values(problems, values)
    content = lift_restated({**base, **cleaned}, cleaned.keys())
    check_content(problems, content)
    problems.refuse()
    return content


def _write_draft(
    product: Product,
    base: ProductVersion | None,
    content: Mapping[str, Any],
    *,
    actor: Actor | None,
    provenance: Provenance | None,
) -> None:
    """Store content as the product's draft: the one that there is, or a new one after ``base``."""
    draft = base if base is not None and base.is_draft else _next_version(product)
    if actor is not None:
        draft.created_by = actor.user
        changed = [
            field
            for field in changed_fields(content_of(base), content)
            if field not in _NO_PROVENANCE
        ]
        before = base.provenance if base is not None else {}
        draft.provenance = own_provenance(before, content, changed, product.institution)
    else:
        problems = ProblemList()
        check_provenance(problems, provenance or {}, _PROVENANCE_FIELDS)
        problems.refuse()
        draft.provenance = dict(provenance or {})
    draft.origin = origin_of(actor)
    for field in CONTENT_FIELDS:
        if field != "variant_of":
            setattr(draft, field, content[field])
    draft.variant_of = find_variant(product, content["variant_of"])
    draft.save()


def _next_version(product: Product) -> ProductVersion:
    last = product.versions.aggregate(last=Max("number"))["last"] or 0
    return ProductVersion(product=product, number=last + 1)


def find_variant(product: Product, code: str | None) -> Product | None:
    """Return the product that this one is a variant of: the same unit's or an upper unit's."""
    if code is None:
        return None
    units = [unit.pk for unit in policies.with_upper_units(product.institution)]
    found = Product.objects.filter(code=code, institution__in=units).exclude(pk=product.pk).first()
    if found is None:
        raise InvalidInput.of(
            "variant_of",
            "unknown_product",
            f"本机构及上级机构没有代码为“{code[:80]}”的其他产品。",
        )
    return found


def _check_publication(draft: ProductVersion, *, declared: bool, now: datetime) -> None:
    problems = ProblemList()
    if not declared:
        problems.add(
            "no_tie_in",
            "declaration_required",
            "发布前须声明（no_tie_in: true）：本产品不以存款、代发工资、购买保险等作为办理条件。",
        )
    today = timezone.localdate(now)
    if draft.valid_until is not None and draft.valid_until <= today:
        problems.add(
            "valid_until", "already_over", f"有效期止 {draft.valid_until} 已过（今天是 {today}）。"
        )
    problems.refuse()


def _withdraw(version: ProductVersion | None, *, catalogue: int, now: datetime) -> datetime:
    """Note that a version is out of force; return the moment, which never precedes its start.

    Two who publish at once may have read the clock in the other order than they got the lock.
    """
    if version is None:
        return now
    now = max(now, version.published_at)
    ProductVersion.objects.filter(pk=version.pk).update(withdrawn_at=now, withdrawn_in=catalogue)
    return now


def _save_publicly(product: Product, now: datetime) -> None:
    """Save a change that everybody may know of."""
    product.public_revision += 1
    product.public_changed_at = now
    product.save_revision()
