"""Papers that go with a need: what is there, one more, one less."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from backend.needs.documents import add_document, remove_document
from backend.needs.enums import DocumentKind
from backend.needs.lifecycle import EDITABLE
from backend.needs.limits import DOCUMENT_MAX_BYTES, DOCUMENTS_MAX
from backend.needs.models import Need, NeedDocument
from backend.organizations.permissions import Permission
from backend.portal.firm.pages import FirmPage
from backend.portal.forms import CodeField, PlainForm

_MIB = 1024**2


class DocumentForm(PlainForm):
    """One paper."""

    kind = CodeField(dict(DocumentKind.choices), label="类别")
    file = forms.FileField(
        label="文件",
        help_text=f"PDF、PNG 或 JPEG，每份不超过 {DOCUMENT_MAX_BYTES // _MIB} MiB，"
        f"最多 {DOCUMENTS_MAX} 份。请勿上传征信报告、身份证件和个人财产证明。",
        widget=forms.FileInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg"}),
    )

    def clean_file(self) -> Any:
        """Refuse what is too large before it is read."""
        file = self.cleaned_data["file"]
        if file.size > DOCUMENT_MAX_BYTES:
            raise forms.ValidationError(
                f"文件有 {file.size / _MIB:.1f} MiB，最多 {DOCUMENT_MAX_BYTES // _MIB} MiB。",
                code="file_too_large",
            )
        return file


class Documents(FirmPage):
    """The papers of one need, and the form for another."""

    word = Permission.NEED_VIEW
    post_word = Permission.NEED_EDIT
    template_name = "portal/firm/documents.html"

    def get(self, request: HttpRequest, need_id: UUID) -> HttpResponse:
        """Show what is there."""
        need = self.find(self.needs(), need_id)
        return self.show(form=DocumentForm(), **self._context(need))

    def post(self, request: HttpRequest, need_id: UUID) -> HttpResponse:
        """Take one more paper in."""
        need = self.find(self.needs(), need_id)
        form = DocumentForm(request.POST, request.FILES)

        def add() -> NeedDocument:
            file = form.cleaned_data["file"]
            return add_document(
                actor=self.actor,
                need=need,
                kind=DocumentKind(form.cleaned_data["kind"]),
                name=file.name,
                content=file.read(),
            )

        return self.submit(
            form,
            add,
            to=lambda _: reverse("portal:firm_need_documents", args=[need_id]),
            done="附件已保存。",
            **self._context(need),
        )

    def _context(self, need: Need) -> dict[str, Any]:
        papers = need.papers.without_content().order_by("pk")
        return {
            "title": f"附件 {need.code}",
            "need": need,
            "papers": papers,
            "is_editable": need.status in EDITABLE,
            "most": DOCUMENTS_MAX,
        }


class RemoveDocument(FirmPage):
    """One press: a paper is gone, bytes and all."""

    word = Permission.NEED_EDIT

    def post(self, request: HttpRequest, document_id: UUID) -> HttpResponse:
        """Delete it."""
        papers = NeedDocument.objects.visible_to(self.actor).without_content()
        document = self.find(papers.select_related("need"), document_id)
        return self.act(
            lambda: remove_document(actor=self.actor, document=document),
            to=reverse("portal:firm_need_documents", args=[document.need.public_id]),
            done="附件已删除。",
        )
