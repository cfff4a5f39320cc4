"""What people read for a change that would make a product fit, and for an open question."""

from typing import Any

from backend.matches.reason_texts import criterion_label
from backend.matches.wording import FIELD_LABELS, LIST_LABELS, say_codes, say_field_value, spaced


def change_text(kind: str, field: str, from_value: Any, to_value: Any) -> str:
    """Say the smallest change of one field."""
    return spaced(_sentence(kind, field, from_value, to_value))


def _sentence(kind: str, field: str, from_value: Any, to_value: Any) -> str:
    label = FIELD_LABELS[field]
    if kind == "wait":
        return f"{to_value}起，企业成立时间满足要求"
    if field in LIST_LABELS:
        codes = say_codes(to_value, LIST_LABELS[field])
        return f"取得资质：{codes}" if field == "qualifications" else f"{label}增加：{codes}"
    before, after = say_field_value(field, from_value), say_field_value(field, to_value)
    return f"{label}由{before}变为{after}"


def question_text(asks: str, field: str, products: int) -> str:
    """Say what is missing, from whom, and how many products the answer decides."""
    if asks == "institution":
        return f"{criterion_label(field)}的要求尚未公布，涉及 {products} 个产品，可向机构核实"
    return f"补充“{FIELD_LABELS[field]}”后，可确定 {products} 个产品是否符合"
