"""A firm's stays in incubators, and its consent that one speaks for it."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api.serializers import EmptyInput
from backend.api.v1.firms.serializers import TenancyInput, TenancyOutput
from backend.firms import tenancies
from backend.firms.models import Tenancy
from backend.organizations.permissions import Permission


class FirmTenanciesMixin:
    """Tenancies of one firm."""

    tenancy_words = {
        "tenancies": Permission.FIRM_VIEW,
        "record_tenancy": Permission.FIRM_EDIT,
        "give_consent": Permission.FIRM_EDIT,
        "withdraw_consent": Permission.FIRM_EDIT,
        "share_progress": Permission.FIRM_EDIT,
        "hide_progress": Permission.FIRM_EDIT,
    }

    @extend_schema(responses=TenancyOutput(many=True))
    @action(detail=True, filterset_class=None)
    def tenancies(self, request: Request, id: str) -> Response:
        """List the stays on record, the latest first."""
        rows = self.get_object().tenancies.select_related("incubator")
        page = self.paginate_queryset(self.filter_queryset(rows))
        return self.get_paginated_response(TenancyOutput(page, many=True).data)

    @extend_schema(request=TenancyInput, responses={201: TenancyOutput})
    @tenancies.mapping.post
    def record_tenancy(self, request: Request, id: str) -> Response:
        """Note a stay; it gives the incubator no say for the firm yet."""
        firm = self.get_object()
        values = self.read_input(TenancyInput)
        incubator = tenancies.find_incubator(values.pop("incubator"))
        tenancy = tenancies.record_tenancy(
            actor=self.actor, firm=firm, incubator=incubator, **values
        )
        return Response(TenancyOutput(tenancy).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=EmptyInput, responses=TenancyOutput)
    @action(detail=True, methods=["post"], url_path="tenancies/<uuid:tenancy_id>/give-consent")
    def give_consent(self, request: Request, id: str, tenancy_id: str) -> Response:
        """Let the incubator speak for the firm."""
        return self._set_consent(tenancy_id, is_given=True)

    @extend_schema(request=EmptyInput, responses=TenancyOutput)
    @action(detail=True, methods=["post"], url_path="tenancies/<uuid:tenancy_id>/withdraw-consent")
    def withdraw_consent(self, request: Request, id: str, tenancy_id: str) -> Response:
        """Take the consent back; from now on the incubator sees the firm no more."""
        return self._set_consent(tenancy_id, is_given=False)

    @extend_schema(request=EmptyInput, responses=TenancyOutput)
    @action(detail=True, methods=["post"], url_path="tenancies/<uuid:tenancy_id>/share-progress")
    def share_progress(self, request: Request, id: str, tenancy_id: str) -> Response:
        """Let the incubator see where the firm's needs stand, and no more."""
        return self._set_sharing(tenancy_id, is_given=True)

    @extend_schema(request=EmptyInput, responses=TenancyOutput)
    @action(detail=True, methods=["post"], url_path="tenancies/<uuid:tenancy_id>/hide-progress")
    def hide_progress(self, request: Request, id: str, tenancy_id: str) -> Response:
        """Take that back; from now on the incubator sees nothing of it."""
        return self._set_sharing(tenancy_id, is_given=False)

    def _set_consent(self, tenancy_id: str, *, is_given: bool) -> Response:
        tenancy = tenancies.set_tenancy_consent(
            actor=self.actor,
            tenancy=self._named_tenancy(tenancy_id),
            is_given=is_given,
            now=timezone.now(),
        )
        return Response(TenancyOutput(tenancy).data)

    def _set_sharing(self, tenancy_id: str, *, is_given: bool) -> Response:
        tenancy = tenancies.set_progress_sharing(
            actor=self.actor,
            tenancy=self._named_tenancy(tenancy_id),
            is_given=is_given,
            now=timezone.now(),
        )
        return Response(TenancyOutput(tenancy).data)

    def _named_tenancy(self, tenancy_id: str) -> Tenancy:
        rows = self.get_object().tenancies.select_related("incubator", "firm")
        tenancy = self.find(rows, tenancy_id)
        self.read_input(EmptyInput)
        return tenancy
