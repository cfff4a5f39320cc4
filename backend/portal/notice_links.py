"""Which page shows what a message is about, for the role that reads it."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from django.urls import reverse

from backend.notifications.enums import SubjectKind
from backend.notifications.reading import Read
from backend.notifications.subjects import need_of
from backend.organizations.actors import Actor
from backend.organizations.enums import Role

# The page of each subject by role; a list where one subject has no page of its own (``False``).
# A firm follows everything about a need on the need's page, an incubator on its list.
_PAGES: Final[Mapping[Role, Mapping[SubjectKind, tuple[str, bool]]]] = MappingProxyType(
    {
        Role.FIRM: {
            SubjectKind.NEED: ("firm_need", True),
            SubjectKind.INTENT: ("firm_projects_intent", True),
            SubjectKind.DATA_REQUEST: ("firm_profile_data", False),
        },
        Role.INCUBATOR: {SubjectKind.NEED: ("incubator_needs", False)},
        Role.INSTITUTION: {
            SubjectKind.SHEET: ("institution_sheets_one", True),
            SubjectKind.REFERRAL: ("institution_inbox_referral", True),
            SubjectKind.PRODUCT: ("institution_products_one", True),
            SubjectKind.POLICY: ("institution_policies_one", True),
            SubjectKind.AGREEMENT: ("people", False),
            SubjectKind.ENDPOINT: ("institution_endpoints", False),
            SubjectKind.INTENT: ("institution_projects_intent", True),
        },
        Role.DEPARTMENT: {
            SubjectKind.NEED: ("department_needs_detail", True),
            SubjectKind.LIST: ("department_lists_detail", True),
            SubjectKind.DRAWDOWN: ("department_outcomes", False),
            SubjectKind.MATTER: ("department_matters_detail", True),
            SubjectKind.PRODUCT: ("department_products_detail", True),
            SubjectKind.DATA_REQUEST: ("department_data_requests", False),
        },
    }
)


def page_about(text: Read, actor: Actor) -> str | None:
    """Return the address of the page, None where the reader's role has none."""
    pages = _PAGES.get(actor.role, {})
    for kind, key in _candidates(text):
        if kind in pages:
            name, is_of_one = pages[kind]
            return reverse(f"portal:{name}", args=[key] if is_of_one and key else [])
    return None


def _candidates(text: Read) -> Iterator[tuple[SubjectKind, UUID | None]]:
    """Yield the subject itself, then the list, the referral and the need that it belongs to."""
    subject: Any = text.subject
    if not text.kind:
        return
    # Endpoints are not loaded: their list is where one looks.
    yield SubjectKind(text.kind), getattr(subject, "public_id", None)
    if text.kind == SubjectKind.SHEET:
        yield SubjectKind.LIST, subject.referral_list.public_id
    referral = getattr(subject, "referral", None)
    if referral is not None:
        yield SubjectKind.REFERRAL, referral.public_id
    need = need_of(subject) if subject is not None else None
    if need is not None:
        yield SubjectKind.NEED, need.public_id
