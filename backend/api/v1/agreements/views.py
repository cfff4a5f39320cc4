"""Agreements: list, read, register, change, end."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api.v1.agreements.filters import AgreementFilter
from backend.api.v1.agreements.serializers import (
    AgreementChange,
    AgreementInput,
    AgreementOutput,
    EndInput,
)
from backend.api.viewsets import ListMixin, ResourceViewSet, RetrieveMixin
from backend.catalogue.selectors import get_offering_institution
from backend.common.errors import InvalidInput
from backend.organizations.permissions import Permission
from backend.partners import services
from backend.partners.models import Agreement, Contact

_CONTACTS = ("department_contact", "institution_contact", "second_contact")


class AgreementViewSet(ListMixin, RetrieveMixin, ResourceViewSet):
    """Agreements of one's own side, the latest first."""

    queryset = Agreement.objects.none()
    serializer_class = AgreementOutput
    filterset_class = AgreementFilter
    permission_words = {
        "list": Permission.AGREEMENT_VIEW,
        "retrieve": Permission.AGREEMENT_VIEW,
        "create": Permission.AGREEMENT_EDIT,
        "partial_update": Permission.AGREEMENT_EDIT,
        "end": Permission.AGREEMENT_EDIT,
    }

    def get_queryset(self) -> QuerySet[Agreement]:
        """Start from the visible agreements, with the contacts of both sides."""
        visible = Agreement.objects.visible_to(self.actor)
        return visible.with_contacts().order_by("-valid_from")

    def revisions_beside(self, instance: Agreement) -> tuple[int, ...]:
        """Count everybody who is named there and the day, on which cover and status depend."""
        contacts = [getattr(instance, name) for name in _CONTACTS]
        people = [*contacts, *(contact.covered_by for contact in contacts if contact)]
        return (
            instance.department.revision,
            instance.institution.revision,
            *(person.revision for person in people if person),
            self.actor.today.toordinal(),
        )

    @extend_schema(request=AgreementInput, responses={201: AgreementOutput})
    def create(self, request: Request) -> Response:
        """Register an agreement of one's own department with an institution."""
        values = self._with_contacts(self.read_input(AgreementInput))
        institution = get_offering_institution(values.pop("institution"))
        agreement = services.register_agreement(
            actor=self.actor, institution=institution, values=values
        )
        return self.respond(agreement, status.HTTP_201_CREATED)

    @extend_schema(request=AgreementChange, responses=AgreementOutput)
    def partial_update(self, request: Request, id: str) -> Response:
        """Change what was agreed."""
        agreement = self.get_object()
        agreement = services.change_agreement(
            actor=self.actor,
            agreement=agreement,
            changes=self._with_contacts(self.read_input(AgreementChange, partial=True)),
            expected_revision=self.expected_revision(),
        )
        return self.respond(agreement)

    @extend_schema(request=EndInput, responses=AgreementOutput)
    @action(detail=True, methods=["post"])
    def end(self, request: Request, id: str) -> Response:
        """End an agreement before its time."""
        agreement = self.get_object()
        agreement = services.end_agreement(
            actor=self.actor,
            agreement=agreement,
            expected_revision=self.expected_revision(),
            now=timezone.now(),
            **self.read_input(EndInput),
        )
        return self.respond(agreement)

    def _with_contacts(self, values: dict[str, Any]) -> dict[str, Any]:
        """Replace ids of contacts by the contacts; the entries of a new one stay."""
        for name in _CONTACTS:
            new = values.pop(f"new_{name}", None)
            if new is not None and name in values:
                raise InvalidInput.of(name, "given_twice", f"{name} 与 new_{name} 只能填写一个。")
            if new is not None:
                values[name] = new
            elif values.get(name) is not None:
                values[name] = self._find_contact(name, values[name])
        return values

    def _find_contact(self, field: str, public_id: object) -> Contact:
        rows = Contact.objects.select_related("organization", "covered_by__organization")
        found = rows.visible_to(self.actor).filter(public_id=public_id).first()
        if found is None:
            raise InvalidInput.of(field, "unknown_id", f"没有 id 为 {public_id} 的联系人。")
        return found
