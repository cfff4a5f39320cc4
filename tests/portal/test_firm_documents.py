"""A firm's papers: under limits, for the department's check, for nobody else."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from backend.journal.models import Event
from backend.needs.limits import DOCUMENT_MAX_BYTES, DOCUMENTS_MAX
from backend.needs.models import NeedDocument
from tests.factories.needs import NeedDocumentFactory, NeedFactory

PDF = b"%PDF-1.7 plan"


@pytest.fixture
def need(firm_actor):
    return NeedFactory(firm__organization=firm_actor.organization)


def page_of(need):
    return reverse("portal:firm_need_documents", args=[need.public_id])


def upload(client, need, name="计划书.pdf", content=PDF, **values):
    file = SimpleUploadedFile(name, content)
    return client.post(page_of(need), {"kind": "plan", "file": file} | values)


def fault(answer):
    assert answer.status_code == 422
    form = answer.context["form"]
    return " ".join(form.errors.get("file", [])) + " ".join(form.non_field_errors())


def test_a_paper_is_kept_listed_and_sent_back_as_a_file(browse, firm_actor, need):
    client = browse(firm_actor)
    assert "还没有附件" in client.get(page_of(need)).content.decode()
    assert upload(client, need, press="a").status_code == 302
    paper = NeedDocument.objects.get()
    assert (paper.name, paper.media_type, paper.size) == ("计划书.pdf", "application/pdf", 13)
    assert "计划书.pdf" in client.get(page_of(need)).content.decode()
    sent = client.get(reverse("portal:document", args=[paper.public_id]))
    assert sent.content == PDF
    assert sent.headers["Content-Disposition"].startswith("attachment")
    assert sent.headers["X-Content-Type-Options"] == "nosniff"
    event = Event.objects.get(type="need.document_added")
    assert event.payload == {"document": str(paper.public_id), "kind": "plan"}


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("计划书.pdf", b"MZ program", "只接收"),
        ("表.xlsx", b"PK\x03\x04", "只接收"),
        ("图.svg", b"<svg onload=x>", "只接收"),
        ("企业征信报告.pdf", PDF, "征信"),
        ("法人身份证.png", b"\x89PNG\r\n\x1a\n", "身份证"),
        ("大.pdf", PDF + b"0" * DOCUMENT_MAX_BYTES, "最多 5 MiB"),
        ("空.pdf", b"", "空"),
    ],
)
def test_what_is_not_taken_in_says_why(browse, firm_actor, need, name, content, says):
    assert says in fault(upload(browse(firm_actor), need, name, content))
    assert not NeedDocument.objects.exists()


def test_the_same_bytes_are_kept_once_and_there_is_an_end(browse, firm_actor, need):
    client = browse(firm_actor)
    upload(client, need)
    assert "已经上传过" in fault(upload(client, need))
    NeedDocumentFactory.create_batch(DOCUMENTS_MAX - 1, need=need)
    assert "最多 10 份" in fault(upload(client, need, content=PDF + b"more"))


def test_a_path_in_a_name_is_dropped(browse, firm_actor, need):
    upload(browse(firm_actor), need, name="..\\..\\plan.pdf")
    assert NeedDocument.objects.get().name == "plan.pdf"


def test_a_paper_is_given_up_while_the_need_is_written_and_not_after(browse, firm_actor, need):
    client = browse(firm_actor)
    paper = NeedDocumentFactory(need=need)
    remove = reverse("portal:firm_need_documents_remove", args=[paper.public_id])
    client.post(remove)
    assert not NeedDocument.objects.exists()
    kept = NeedDocumentFactory(
        need=NeedFactory(firm=need.firm, submitted=True),
    )
    client.post(reverse("portal:firm_need_documents_remove", args=[kept.public_id]))
    assert NeedDocument.objects.filter(pk=kept.pk).exists()
    assert upload(client, kept.need).status_code == 422


def test_the_department_reads_them_and_nobody_else_does(
    browse, firm_actor, department_actor, bank_actor, stranger_actor, city_department_actor
):
    need = NeedFactory(firm__organization=firm_actor.organization, submitted=True)
    paper = NeedDocumentFactory(need=need)
    address = reverse("portal:document", args=[paper.public_id])
    page = reverse("portal:department_needs_detail", args=[need.public_id])
    assert paper.name in browse(department_actor).get(page).content.decode()
    assert browse(department_actor).get(address).status_code == 200
    for actor in (bank_actor, stranger_actor):
        assert browse(actor).get(address).status_code == 404
    assert browse(stranger_actor).get(page_of(need)).status_code == 404
    assert browse(None).get(address).status_code == 302


def test_lists_leave_the_bytes_in_the_database(browse, firm_actor, need, count_queries):
    client = browse(firm_actor)
    NeedDocumentFactory(need=need)
    client.get(page_of(need))
    few = count_queries(lambda: client.get(page_of(need)))
    NeedDocumentFactory.create_batch(4, need=need)
    assert count_queries(lambda: client.get(page_of(need))) == few
