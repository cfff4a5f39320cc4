"""Which industry codes exist."""

import re
from collections.abc import Collection

from backend.reference.models import Industry

INDUSTRY_FORM = "应为 GB/T 4754-2017 的门类字母或“字母 + 2 至 4 位数字”，例如 C3976"

_SHAPE = re.compile(r"[A-T]([0-9]{2,4})?")


def unknown_industries(codes: Collection[str]) -> list[str]:
    """Return the codes that are not of GB/T 4754's form or lie in no known section or division.

    The table holds only those groups and classes that firms use so far, so they are not looked
    up.
    """
    heads = {code[:3] for code in codes}
    known = set(Industry.objects.filter(pk__in=heads).values_list("pk", flat=True))
    return [code for code in codes if not _SHAPE.fullmatch(code) or code[:3] not in known]
