"""What the services of products and of preferential policies share."""

import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from backend.catalogue.content import CODE_MAX_LENGTH
from backend.catalogue.enums import ProvenanceStatus, VersionOrigin
from backend.catalogue.models import Policy, Product
from backend.common.errors import InvalidInput, NotPermitted
from backend.common.problems import ProblemList
from backend.organizations.actors import Actor
from backend.organizations.enums import OFFERING_KINDS
from backend.organizations.models import Organization

_CODE_FORM = re.compile(rf"[\w.\-]{{1,{CODE_MAX_LENGTH}}}")

Provenance = Mapping[str, Mapping[str, str]]


def require(allowed: bool, message: str) -> None:
    """Refuse with a sentence what a policy does not allow."""
    if not allowed:
        raise NotPermitted("permission_denied", message)


def origin_of(actor: Actor | None) -> VersionOrigin:
    """Return whose word it is: without an actor, the compiled catalogue's."""
    return VersionOrigin.INSTITUTION if actor else VersionOrigin.CATALOGUE


def check_institution(institution: Organization) -> None:
    """Refuse an organization that offers no financing."""
    if institution.kind not in OFFERING_KINDS:
        raise InvalidInput.of(
            "institution",
            "unsuitable_institution",
            f"“{institution.name}”是{institution.get_kind_display()}，"
            "只有金融机构和孵化载体可以发布产品与政策。",
        )


def code_for(
    model: type[Product | Policy], code: str | None, *, institution: Organization, public_id: UUID
) -> str:
    """Return the code asked for if it is free, or a new one of the institution's."""
    if not code:
        return f"{institution.code}-{public_id.hex[:12]}"
    if not _CODE_FORM.fullmatch(code):
        raise InvalidInput.of(
            "code",
            "invalid_code",
            f"代码“{code[:80]}”应为 1 至 {CODE_MAX_LENGTH} 个字母、汉字、数字、点、"
            "连字符或下划线。",
        )
    if model.objects.filter(code=code).exists():
        raise _code_is_taken(code)
    return code


def save_new(row: Product | Policy) -> None:
    """Store a new row; refuse its code when somebody took it since it was looked up."""
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise _code_is_taken(row.code) from error


def _code_is_taken(code: str) -> InvalidInput:
    return InvalidInput.of("code", "duplicate_code", f"代码“{code}”已被使用，请换一个。")


def own_provenance(
    before: Provenance, content: Mapping[str, Any], changed: list[str], institution: Organization
) -> dict[str, Any]:
    """Return the provenance after an institution's own edit: its word founds what it filled."""
    provenance = {field: dict(entry) for field, entry in before.items() if field not in changed}
    for field in changed:
        if content[field] not in (None, "", []):
            provenance[field] = {
                "status": ProvenanceStatus.PUBLISHED.value,
                "source": f"{institution.name}填报",
            }
    return provenance


def check_provenance(problems: ProblemList, provenance: Provenance, fields: frozenset[str]) -> None:
    """Note provenance of unknown fields, without a source or with an unknown status."""
    for field, entry in provenance.items():
        path = f"provenance.{field}"
        if field not in fields:
            problems.add(path, "unknown_field", f"没有“{field}”这一项。")
        elif not isinstance(entry, Mapping) or not entry.get("source"):
            problems.add(path, "required", "须写明来源（source）。")
        elif entry.get("status") not in ProvenanceStatus.values:
            problems.add(
                path,
                "unknown_code",
                f"未知状态“{entry.get('status')}”。可用：{'、'.join(ProvenanceStatus.values)}。",
            )
