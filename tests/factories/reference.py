"""Codes."""

import factory
from factory.django import DjangoModelFactory

from backend.reference.models import Industry, Region

EDITION = "test"
_LEVELS = {"0000": Region.Level.PROVINCE, "00": Region.Level.CITY}


def _level(code: str) -> str:
    return next((level for end, level in _LEVELS.items() if code.endswith(end)), "county")


def _parent_code(code: str) -> str | None:
    if code.endswith("0000"):
        return None
    return f"{code[:2]}0000" if code.endswith("00") else f"{code[:4]}00"


class RegionFactory(DjangoModelFactory):
    """A region by its code, with everything above it."""

    class Meta:
        model = Region
        django_get_or_create = ("code",)

    code = "220102"
    name = factory.LazyAttribute(lambda region: f"地区{region.code}")
    full_name = factory.SelfAttribute("name")
    level = factory.LazyAttribute(lambda region: _level(region.code))
    edition = EDITION

    @factory.lazy_attribute
    def parent(self):
        """The division above, made when it is missing."""
        above = _parent_code(self.code)
        return RegionFactory(code=above) if above else None


class IndustryFactory(DjangoModelFactory):
    """An industry class."""

    class Meta:
        model = Industry
        django_get_or_create = ("code",)

    code = "C3921"
    name = "通信系统设备制造"
    level = Industry.Level.CLASS
    edition = EDITION
