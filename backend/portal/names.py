"""Names of codes that stand in the database, read once per process: they change by release."""

from functools import cache

from backend.reference.models import Industry, Region


@cache
def regions() -> dict[str, str]:
    """Return the full name of every division."""
    return dict(Region.objects.values_list("code", "full_name"))


@cache
def industries() -> dict[str, str]:
    """Return the name of every industry."""
    return dict(Industry.objects.values_list("code", "name"))
