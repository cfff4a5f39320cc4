"""How region codes contain one another, and which of them exist."""

from collections.abc import Collection

from backend.reference.models import Region


def region_prefix(code: str) -> str:
    """Return the digits that every code inside a division begins with.

    ``220000`` -> ``22``, ``220100`` -> ``2201``, ``220102`` -> ``220102``.
    """
    if code.endswith("0000"):
        return code[:2]
    if code.endswith("00"):
        return code[:4]
    return code


def containing_divisions(code: str) -> tuple[str, str, str]:
    """Return a division and those around it, the narrowest first."""
    return code, f"{code[:4]}00", f"{code[:2]}0000"


def lies_in(code: str | None, region: str | None) -> bool:
    """Tell whether a division is a region or lies below it; one that is not known does not."""
    return code is not None and region is not None and code.startswith(region_prefix(region))


def known_regions(codes: Collection[str]) -> set[str]:
    """Return those of the codes that stand in GB/T 2260."""
    return set(Region.objects.filter(pk__in=codes).values_list("pk", flat=True))


def list_region_choices() -> list[tuple[str, str]]:
    """Return every division with its full name, in the order of codes."""
    return list(Region.objects.values_list("code", "full_name"))


def region_name(code: str) -> str:
    """Return a division's full name, or nothing for one that is not known."""
    return Region.objects.filter(pk=code).values_list("full_name", flat=True).first() or ""
