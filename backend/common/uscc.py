"""The unified social credit code (统一社会信用代码, GB 32100-2015)."""

from stdnum.cn import uscc

USCC_LENGTH = 18


def is_uscc(text: str) -> bool:
    """Tell whether a text is a code exactly as written: 18 characters, check character right."""
    return len(text) == USCC_LENGTH and uscc.is_valid(text) and uscc.compact(text) == text


def division_of_uscc(code: str) -> str:
    """Return the six digits of the division whose authority registered the holder."""
    return code[2:8]
