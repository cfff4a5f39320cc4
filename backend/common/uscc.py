"""The unified social credit code (统一社会信用代码, GB 32100-2015)."""

import re

from stdnum.cn import uscc

_LETTERS = "0-9A-HJ-NP-RTUWXY"  # no I, O, S, V, Z
_FORM = re.compile(rf"[{_LETTERS}]{{2}}[0-9]{{6}}[{_LETTERS}]{{10}}")


def is_uscc(text: str) -> bool:
    """Tell whether a text is a code exactly as written: its form and its check character."""
    return _FORM.fullmatch(text) is not None and uscc.calc_check_digit(text[:17]) == text[17]


def division_of_uscc(code: str) -> str:
    """Return the six digits of the division whose authority registered the holder."""
    return code[2:8]
