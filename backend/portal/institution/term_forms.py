"""Further conditions of a product on the firm's figures, a row each."""

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms

from backend.portal.forms import PlainForm
from matching.units import wan_to_yuan, yuan_to_wan
from matching.vocabulary import (
    CODED_FIRM_FIELDS,
    NUMERIC_FIRM_FIELDS,
    TAXPAYER_RATINGS,
    TERM_OPERATORS,
)

_LIST_OPERATORS = frozenset({"in", "not_in"})
_CODE_OPERATORS = frozenset({"==", "!=", "in", "not_in"})
_UNITS = {
    "yuan": "万元",
    "fraction": "%",
    "person": "人",
    "piece": "项",
    "point": "分",
    "year": "年",
}
_HUNDRED = Decimal(100)
_SEPARATORS = re.compile(r"[、,，;；\s]+")
_MOST = 50
_FIELDS = [
    ("", "无"),
    *((name, f"{label}（{_UNITS[unit]}）") for name, (label, unit) in NUMERIC_FIRM_FIELDS.items()),
    *CODED_FIRM_FIELDS.items(),
]


class TermForm(PlainForm):
    """Field, comparison, value; a row without a field says nothing."""

    use_required_attribute = False

    field = forms.ChoiceField(label="企业指标", choices=_FIELDS, required=False)
    op = forms.ChoiceField(label="比较", choices=list(TERM_OPERATORS.items()), required=False)
    value = forms.CharField(label="数值", required=False, max_length=200)

    def clean(self) -> dict[str, Any]:
        """Read the value in the unit that stands beside the field."""
        values = super().clean()
        field, op, text = values.get("field"), values.get("op"), values.get("value", "").strip()
        if not field:
            if text:
                self.add_error("field", "填写了数值，请选择企业指标。")
            return values
        if not text:
            self.add_error("value", "请填写数值；不设此条件请把指标改为“无”。")
            return values
        if field in CODED_FIRM_FIELDS and op not in _CODE_OPERATORS:
            self.add_error("op", "这一项只能用：等于、不等于、属于、不属于。")
            return values
        texts = _SEPARATORS.split(text) if op in _LIST_OPERATORS else [text]
        try:
            read = [_read(field, one) for one in texts if one]
        except ValueError as error:
            self.add_error("value", str(error))
            return values
        values["read"] = read if op in _LIST_OPERATORS else read[0]
        return values

    @property
    def entry(self) -> dict[str, Any] | None:
        """The condition as services take it; None for an empty row."""
        values = self.cleaned_data
        if not values.get("field"):
            return None
        return {"field": values["field"], "op": values["op"], "value": values["read"]}


class BaseTermFormSet(forms.BaseFormSet):
    """All further conditions of a product."""

    def entries(self) -> list[dict[str, Any]]:
        """Return what the rows say."""
        return [form.entry for form in self.forms if form.entry is not None]


TermFormSet = forms.formset_factory(
    TermForm, formset=BaseTermFormSet, extra=2, max_num=_MOST, validate_max=True
)


def rows_of(terms: Iterable[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Return stored conditions as the rows show them."""
    return [{"field": entry["field"], "op": entry["op"], "value": _write(entry)} for entry in terms]


def _read(field: str, text: str) -> int | float | str:
    if field == "taxpayer_rating":
        code = text.upper().removesuffix("级").strip()
        if code not in TAXPAYER_RATINGS:
            raise ValueError(f"“{text[:20]}”不是纳税信用等级；可填 {'、'.join(TAXPAYER_RATINGS)}。")
        return code
    if field in CODED_FIRM_FIELDS:
        return text
    try:
        number = Decimal(text.rstrip("%％"))
    except InvalidOperation:
        raise ValueError(f"“{text[:20]}”不是数字。") from None
    if not number.is_finite() or abs(number) > Decimal(10) ** 9:
        raise ValueError(f"“{text[:20]}”过大。")
    unit = NUMERIC_FIRM_FIELDS[field][1]
    if unit == "yuan":
        return wan_to_yuan(number) if number >= 0 else -wan_to_yuan(-number)
    if unit == "fraction":
        return float(number / _HUNDRED)
    return int(number) if number == int(number) else float(number)


def _write(entry: Mapping[str, Any]) -> str:
    value = entry["value"]
    values = value if isinstance(value, list | tuple) else [value]
    unit = NUMERIC_FIRM_FIELDS.get(entry["field"], ("", "code"))[1]
    return "、".join(_figure(one, unit) for one in values)


def _figure(value: Any, unit: str) -> str:
    if unit == "yuan":
        return f"{yuan_to_wan(value).normalize():f}"
    if unit == "fraction":
        return f"{(Decimal(str(value)) * _HUNDRED).normalize():f}"
    return str(value)
