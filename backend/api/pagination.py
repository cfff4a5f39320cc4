"""Cursor pages: stable while rows come and go, and as quick on the last page as on the first.

A cursor holds the ordered values of the last row shown, not a count of rows to skip.
"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.core.exceptions import FieldDoesNotExist
from django.core.exceptions import ValidationError as FieldError
from django.db import models
from django.db.models import F, Q, QuerySet
from django.utils.functional import cached_property
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.utils.urls import remove_query_param, replace_query_param

if TYPE_CHECKING:
    from rest_framework.views import APIView  # settings import this module before it

MAX_PAGE_SIZE = 200
CURSOR_PARAMETER = "cursor"
SIZE_PARAMETER = "page_size"
_MAX_CURSOR_LENGTH = 2_000


@dataclass(frozen=True, slots=True)
class OrderColumn:
    """One column of the order; empty values come last in the first-to-last direction."""

    path: str
    descending: bool
    field: models.Field

    @property
    def nullable(self) -> bool:
        """Whether the column, or a relation on the way to it, can be empty."""
        return self.field.null or "__" in self.path

    def expression(self, *, backward: bool) -> Any:
        """Return what to order by."""
        column = F(self.path)
        descending = self.descending is not backward
        options = {}
        if self.nullable:
            options = {"nulls_first": True} if backward else {"nulls_last": True}
        return column.desc(**options) if descending else column.asc(**options)

    def beyond(self, value: Any, *, backward: bool) -> Q:
        """Say "comes after this value", or before it when going backward."""
        descending = self.descending is not backward
        if value is None:
            return Q(**{f"{self.path}__isnull": False}) if backward else Q(pk__in=[])
        later = Q(**{f"{self.path}__{'lt' if descending else 'gt'}": value})
        if self.nullable and not backward:
            later |= Q(**{f"{self.path}__isnull": True})
        return later

    def equal(self, value: Any) -> Q:
        """Say "is this value"."""
        return Q(**({f"{self.path}__isnull": True} if value is None else {self.path: value}))

    def value_of(self, row: models.Model) -> str | None:
        """Write the row's value for the cursor."""
        value: Any = row
        for name in self.path.split("__"):
            value = getattr(value, name, None)
        return None if value is None else str(value)

    def read(self, text: object) -> Any:
        """Read a value from a cursor that may have been tampered with."""
        if text is None and self.nullable:
            return None
        if not isinstance(text, str):
            raise TypeError("text expected")
        value = self.field.to_python(text)
        if isinstance(value, datetime) and value.tzinfo is None:
            raise ValueError("an instant needs its offset")
        return value


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page begins, and whether it is read towards the beginning."""

    backward: bool
    values: tuple[Any, ...]


class CursorPagination(BasePagination):
    """Page through a queryset in its own order, made total by the object's id.

    The order is the queryset's (``order_by`` of the filter's allow-list, else the model's
    default); it may name columns of loaded relations.
    """

    query_parameters = (CURSOR_PARAMETER, SIZE_PARAMETER)

    def paginate_queryset(
        self, queryset: QuerySet, request: Request, view: APIView | None = None
    ) -> list[Any]:
        """Return the rows of one page."""
        self.request = request
        size = _page_size(request)
        self.columns = _columns_of(queryset)
        cursor = self._read_cursor()
        backward = cursor is not None and cursor.backward
        queryset = queryset.order_by(
            *(column.expression(backward=backward) for column in self.columns)
        )
        if cursor is not None:
            queryset = queryset.filter(_beyond(self.columns, cursor))
        rows = list(queryset[: size + 1])
        more = len(rows) > size
        self.rows = rows[:size][::-1] if backward else rows[:size]
        self.has_next = backward or more
        self.has_previous = more if backward else cursor is not None
        return self.rows

    def get_paginated_response(self, data: Any) -> Response:
        """Wrap the page."""
        return Response({"results": data, "next": self.next_link, "previous": self.previous_link})

    @cached_property
    def next_link(self) -> str | None:
        """The address of the next page."""
        if not self.rows:
            return None
        return self._link(self.rows[-1], backward=False) if self.has_next else None

    @cached_property
    def previous_link(self) -> str | None:
        """The address of the page before; an emptied page leads back to the beginning."""
        if not self.has_previous:
            return None
        if not self.rows:
            return remove_query_param(self.request.build_absolute_uri(), CURSOR_PARAMETER)
        return self._link(self.rows[0], backward=True)

    def _link(self, row: models.Model, *, backward: bool) -> str:
        document = [self._order, backward, [column.value_of(row) for column in self.columns]]
        text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
        cursor = base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")
        return replace_query_param(self.request.build_absolute_uri(), CURSOR_PARAMETER, cursor)

    @property
    def _order(self) -> str:
        return ",".join(
            f"{'-' if column.descending else ''}{column.path}" for column in self.columns
        )

    def _read_cursor(self) -> Cursor | None:
        text = self.request.query_params.get(CURSOR_PARAMETER)
        if text is None:
            return None
        try:
            return self._decode(text)
        except (ValueError, TypeError, binascii.Error, FieldError, RecursionError) as error:
            raise ValidationError(
                {CURSOR_PARAMETER: ["游标无效；请使用上一次回答中的 next 或 previous。"]},
                code="invalid_cursor",
            ) from error

    def _decode(self, text: str) -> Cursor:
        if len(text) > _MAX_CURSOR_LENGTH:
            raise ValueError("too long")
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        order, backward, values = json.loads(raw)
        if order != self._order or not isinstance(backward, bool):
            raise ValueError("made for another order")
        if "\0" in raw.decode() or "\\u" in raw.decode():
            raise ValueError("bad character")
        pairs = zip(self.columns, values, strict=True)
        return Cursor(backward, tuple(column.read(value) for column, value in pairs))

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Describe the page for the OpenAPI document."""
        link = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["results", "next", "previous"],
            "properties": {"results": schema, "next": link, "previous": link},
        }

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:
        """Describe the query parameters for the OpenAPI document."""
        return [
            {
                "name": CURSOR_PARAMETER,
                "in": "query",
                "description": "上一次回答中 next 或 previous 所带的游标。",
                "schema": {"type": "string"},
            },
            {
                "name": SIZE_PARAMETER,
                "in": "query",
                "description": f"每页行数，1–{MAX_PAGE_SIZE}。",
                "schema": {
                    "type": "integer",
                    "minimum": 1,
                    "maximum": MAX_PAGE_SIZE,
                    "default": api_settings.PAGE_SIZE,
                },
            },
        ]


def _page_size(request: Request) -> int:
    text = request.query_params.get(SIZE_PARAMETER)
    if text is None:
        return api_settings.PAGE_SIZE
    if not (
        text.isascii() and text.isdigit() and len(text) <= 4 and 1 <= int(text) <= MAX_PAGE_SIZE
    ):
        raise ValidationError(
            {SIZE_PARAMETER: [f"“{text[:20]}”不可用；应为 1–{MAX_PAGE_SIZE} 的整数。"]},
            code="out_of_range",
        )
    return int(text)


def _columns_of(queryset: QuerySet) -> tuple[OrderColumn, ...]:
    """Return the queryset's order, ended by the object's public id so that it is total."""
    model = queryset.model
    has_public_id = _has_field(model, "public_id")
    order = queryset.query.order_by or model._meta.ordering
    names = [_without_pk(model, name) if has_public_id else name for name in map(str, order)]
    tie = "public_id" if has_public_id else "pk"
    if not {tie, "pk", model._meta.pk.name} & {name.lstrip("-") for name in names}:
        # The tie-break follows the first column, so that one index can serve both.
        names.append(f"-{tie}" if names and names[0].startswith("-") else tie)
    return tuple(
        OrderColumn(name.lstrip("-"), name.startswith("-"), _field(model, name.lstrip("-")))
        for name in names
    )


def _without_pk(model: type[models.Model], name: str) -> str:
    """Order by creation instead of the database's own key, which no cursor may show."""
    if name.lstrip("-") in {"pk", model._meta.pk.name}:
        return name.replace(name.lstrip("-"), "created_at")
    return name


def _field(model: type[models.Model], path: str) -> models.Field:
    *relations, last = path.split("__")
    for name in relations:
        model = model._meta.get_field(name).related_model
    return model._meta.pk if last == "pk" else model._meta.get_field(last)


def _has_field(model: type[models.Model], name: str) -> bool:
    try:
        model._meta.get_field(name)
    except FieldDoesNotExist:
        return False
    return True


def _beyond(columns: tuple[OrderColumn, ...], cursor: Cursor) -> Q:
    """Say "comes after the cursor's row": later in a column, and equal in those before it."""
    condition = Q(pk__in=[])
    equal_so_far = Q()
    for column, value in zip(columns, cursor.values, strict=True):
        condition |= equal_so_far & column.beyond(value, backward=cursor.backward)
        equal_so_far &= column.equal(value)
    return condition
