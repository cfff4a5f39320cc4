"""The base of every resource; a view reads input, makes one domain call, answers."""

import re
from collections.abc import Callable
from typing import Any
from uuid import UUID
from zlib import crc32

from django.db.models import Model, QuerySet
from django.http import Http404, HttpResponseBase
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.viewsets import GenericViewSet

from backend.api.exceptions import MalformedBody, PreconditionRequired
from backend.api.idempotency import answer_once, idempotency_key
from backend.api.negotiation import JSONFirstNegotiation
from backend.api.permissions import ActorPermission
from backend.organizations.actors import Actor
from backend.organizations.permissions import Permission
from backend.organizations.row_security import is_confined, reading_as

# A proxy that compresses marks the tag as weak; the revision still names one content.
_ETAG = re.compile(r'(?:W/)?"(\d{1,18})(?:-[0-9a-f]{8})?"')


class ResourceViewSet(GenericViewSet):
    """A resource whose rows the actor sees through ``visible_to``.

    ``permission_words`` maps each action to its word. ``secret_fields`` of an answer are shown
    once and never kept for a repeated request. ``unconfined_actions`` read by one statement that
    is planned once for all actors; a role of one's own would have it planned anew each time.
    """

    permission_classes = [ActorPermission]
    content_negotiation_class = JSONFirstNegotiation
    permission_words: dict[str, Permission] = {}
    secret_fields: tuple[str, ...] = ()
    # Whether its rows are of firms, needs or referrals, or come from tables that hold such.
    holds_confidential_rows = True
    unconfined_actions: frozenset[str] = frozenset()
    lookup_field = "public_id"
    lookup_url_kwarg = "id"
    lookup_value_converter = "uuid"

    @property
    def actor(self) -> Actor:
        """Who is asking; the permission check has made sure that there is one."""
        return self.request.actor

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """After sign-in, permission and throttling: let a keyed POST take effect once.

        What firms and institutions read, they read under the database's own rules on rows.
        """
        super().initial(request, *args, **kwargs)
        method = request.method.lower()
        if method in {"get", "head"} and hasattr(self, method) and self._is_confined():
            read = getattr(self, method)
            setattr(self, method, lambda *a, **k: self._read_confined(read, *a, **k))
        if request.method == "POST" and hasattr(self, "post"):
            key = idempotency_key(request)
            if key is not None:
                handler = self.post
                self.post = lambda *a, **k: answer_once(self, key, lambda: handler(*a, **k))

    def _is_confined(self) -> bool:
        actor = getattr(self.request, "actor", None)
        return (
            actor is not None
            and self.holds_confidential_rows
            and self.action not in self.unconfined_actions
            and is_confined(actor)
        )

    def _read_confined(
        self, read: Callable[..., HttpResponseBase], *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        with reading_as(self.actor):
            return read(*args, **kwargs)

    def get_object(self) -> Any:
        """Return the visible row that the address names; whatever is not visible is not there."""
        return self.find(self.get_queryset(), self.kwargs[self.lookup_url_kwarg])

    def find(self, queryset: QuerySet, key: UUID | str) -> Any:
        """Return one row of a visible set or refuse with 404."""
        found = queryset.filter(**{self.lookup_field: key}).first()
        if found is None:
            raise Http404
        return found

    def read_input(
        self, serializer_class: type[BaseSerializer], *, partial: bool = False
    ) -> dict[str, Any]:
        """Check the body against a serializer and return its values."""
        serializer = serializer_class(
            data=self.request.data, partial=partial, context=self.get_serializer_context()
        )
        serializer.is_valid(raise_exception=True)
        return serializer.validated_data

    def expected_revision(self) -> int:
        """Return the revision that ``If-Match`` names."""
        header = self.request.headers.get("If-Match")
        if header is None:
            raise PreconditionRequired
        match = _ETAG.fullmatch(header.strip())
        if match is None:
            raise MalformedBody(
                f'If-Match 的值 {header[:40]} 无法识别；应为读取时得到的 ETag，例如 "3"。',
                code="malformed_if_match",
            )
        return int(match.group(1))

    def respond(self, instance: Model, status: int = status.HTTP_200_OK) -> Response:
        """Answer with the object as the read serializer shows it, and its ETag."""
        response = Response(self.get_serializer(instance).data, status=status)
        tag = self.etag_of(instance)
        if tag is not None:
            response.headers["ETag"] = tag
        return response

    def etag_of(self, instance: Model) -> str | None:
        """Return the ETag of an object that counts revisions.

        It marks for whom it is, since another reader, or the same person in another place, may
        be shown other fields of the same revision; and what is shown beside the object.
        """
        revision = getattr(instance, "revision", None)
        if revision is None:
            return None
        seen = (self.actor.membership.public_id.hex, *self.revisions_beside(instance))
        return f'"{revision}-{crc32(repr(seen).encode()):08x}"'

    def revisions_beside(self, instance: Model) -> tuple[int, ...]:
        """Return the revisions of other objects that the answer shows parts of."""
        return ()


class ListMixin:
    """Answer with one page of the visible rows."""

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """List the visible rows, filtered and ordered by the allow-lists."""
        return self.respond_page(self.filter_queryset(self.get_queryset()))

    def respond_page(self, queryset: QuerySet) -> Response:
        """Answer with one page of a queryset."""
        page = self.paginate_queryset(queryset)
        return self.get_paginated_response(self.get_serializer(page, many=True).data)


class RetrieveMixin:
    """Answer with one object and its ETag."""

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Show one object; 304 when the reader has this revision already."""
        instance = self.get_object()
        tag = self.etag_of(instance)
        if tag is not None and is_known_to_reader(request, tag):
            return Response(status=status.HTTP_304_NOT_MODIFIED, headers={"ETag": tag})
        return self.respond(instance)


def is_known_to_reader(request: Request, tag: str) -> bool:
    """Tell whether ``If-None-Match`` names this ETag."""
    header = request.headers.get("If-None-Match", "")
    return tag in {known.strip().removeprefix("W/") for known in header.split(",")}
