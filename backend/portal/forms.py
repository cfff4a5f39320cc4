"""Fields that several roles' forms share: money in 万元, rates in %, codes of the vocabulary."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms

from matching.units import wan_to_yuan, yuan_to_wan

_LARGEST_WAN = Decimal(100000000)
_FILE_MAX_BYTES = 10 * 1024 * 1024


class WanField(forms.DecimalField):
    """An amount that people write in 万元 and the platform keeps in whole yuan.

    Pages say beneath it in words what was typed, so that a zero too many is seen.
    """

    is_echoed = True

    def __init__(self, **kwargs: Any) -> None:
        kwargs = {"min_value": 0, "max_value": _LARGEST_WAN, "decimal_places": 4} | kwargs
        super().__init__(**kwargs)
        self.widget.attrs |= {"inputmode": "decimal", "step": "any"}

    def clean(self, value: Any) -> int | None:
        """Return whole yuan, None for nothing."""
        amount = super().clean(value)
        return None if amount is None else wan_to_yuan(amount)

    def prepare_value(self, value: Any) -> Any:
        """Show kept yuan in 万元; what somebody typed stays as typed."""
        return yuan_to_wan(value).normalize().__format__("f") if isinstance(value, int) else value


class PercentField(forms.DecimalField):
    """A rate that people write in % and the platform keeps as a fraction."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**({"min_value": 0, "max_value": 100, "decimal_places": 4} | kwargs))
        self.widget.attrs |= {"inputmode": "decimal", "step": "any"}

    def clean(self, value: Any) -> Decimal | None:
        """Return the fraction, None for nothing."""
        rate = super().clean(value)
        return None if rate is None else rate / 100

    def prepare_value(self, value: Any) -> Any:
        """Show a kept fraction in %; what somebody typed stays as typed."""
        if isinstance(value, float | Decimal):
            return f"{(Decimal(str(value)) * 100).normalize():f}"
        return value


class DayField(forms.DateField):
    """A day, chosen from the browser's calendar or typed."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class CodeField(forms.ChoiceField):
    """One code of a table, with an empty choice where nothing need be chosen."""

    def __init__(self, table: Mapping[str, str], *, empty: str = "请选择", **kwargs: Any) -> None:
        super().__init__(choices=[("", empty), *table.items()], **kwargs)


class CodesField(forms.MultipleChoiceField):
    """Any number of codes of a table, as boxes to tick."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, table: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(choices=list(table.items()), **kwargs)


class PlainForm(forms.Form):
    """A form whose labels end without a colon and whose rows the templates lay out."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)


class UploadForm(PlainForm):
    """A form with one ``file``, of at most 10 MiB."""

    def clean_file(self) -> Any:
        """Refuse a file that is too large before anybody reads it."""
        file = self.cleaned_data["file"]
        if file.size > _FILE_MAX_BYTES:
            raise forms.ValidationError(
                f"文件有 {file.size / 1024**2:.1f} MiB，最多 {_FILE_MAX_BYTES // 1024**2} MiB；"
                "请分成几个文件。"
            )
        return file
