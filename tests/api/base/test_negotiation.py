"""The short way to a renderer leads where the long one does."""

import pytest
from django.http import Http404
from rest_framework.exceptions import NotAcceptable
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import JSONRenderer, StaticHTMLRenderer
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from backend.api.negotiation import JSONFirstNegotiation

ACCEPTS = [
    None,
    "*/*",
    "application/json",
    "application/*",
    "application/json; indent=4",
    "text/html, application/json;q=0.9, */*;q=0.1",
    "text/html",
    "text/csv",
    "",
    "nonsense",
]


def chosen(negotiation, accept, query, renderers):
    headers = {} if accept is None else {"HTTP_ACCEPT": accept}
    request = Request(APIRequestFactory().get("/", query, **headers))
    try:
        renderer, media_type = negotiation.select_renderer(request, renderers)
    except (NotAcceptable, Http404) as refusal:
        return type(refusal)
    return renderer, media_type


@pytest.mark.parametrize("accept", ACCEPTS)
@pytest.mark.parametrize("query", [{}, {"format": "json"}, {"format": "xml"}])
@pytest.mark.parametrize("order", [1, -1])
def test_the_choice_is_that_of_the_framework(accept, query, order):
    """With JSON first or last, whatever is asked for."""
    renderers = [JSONRenderer(), StaticHTMLRenderer()][::order]
    assert chosen(JSONFirstNegotiation(), accept, query, renderers) == chosen(
        DefaultContentNegotiation(), accept, query, renderers
    )
