"""What an institution hands in beside referrals: filled-in copies of sheets."""

from typing import Any

from django import forms

from backend.portal.forms import PlainForm

_LARGEST_MIB = 10
_MIB = 1024**2


class ReturnedForm(PlainForm):
    """A filled-in copy of a sheet's workbook."""

    file = forms.FileField(
        label="填好的表格（.xlsx）",
        help_text=f"平台下载的原表，不超过 {_LARGEST_MIB} MiB；可分次提交，已登记的行不会重复。",
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx"}),
    )

    def clean_file(self) -> Any:
        """Refuse a file that is too large before anybody reads it."""
        file = self.cleaned_data["file"]
        if file.size > _LARGEST_MIB * _MIB:
            raise forms.ValidationError(
                f"文件有 {file.size / _MIB:.1f} MiB，最多 {_LARGEST_MIB} MiB。",
                code="file_too_large",
            )
        return file
