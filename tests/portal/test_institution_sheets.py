"""Lists that an institution was sent: shown, fetched as workbooks, handed back."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from backend.consents.models import Disclosure
from backend.organizations.enums import Role
from backend.portal.institution.sheet_forms import ReturnedForm
from backend.referrals.enums import ReferralStatus
from tests.factories.organizations import make_actor
from tests.factories.referrals import ReferralFactory
from tests.returned import Copy, funded, make_sent_sheet


@pytest.fixture
def sent(db):
    return make_sent_sheet()


def page(sheet, name="one"):
    return reverse(f"portal:institution_sheets_{name}", args=[sheet.public_id])


def give_back(client, sheet, data, name="回执.xlsx"):
    return client.post(page(sheet), {"file": SimpleUploadedFile(name, data)})


def test_a_sheet_is_listed_with_how_much_of_it_waits(browse, sent):
    client = browse(sent.manager)
    text = client.get(reverse("portal:institution_sheets")).content.decode()
    assert sent.sheet.referral_list.title in text
    assert page(sent.sheet) in text
    row = client.get(reverse("portal:institution_sheets")).context["page"][0]
    assert (row.referral_count, row.waiting_count) == (2, 2)


def test_the_workbook_comes_as_a_file_and_is_recorded(browse, sent):
    answer = browse(sent.manager).get(page(sent.sheet, "workbook"))
    assert ".xlsx" in answer.headers["Content-Disposition"]
    assert Copy(answer.content).cell(1, "需求编号") == sent.referral(1).need.code
    assert Disclosure.objects.filter(channel="workbook").exists()


def test_a_filled_in_copy_takes_effect_and_bad_rows_are_named(browse, sent):
    copy = sent.fetch().answer(1, funded()).answer(2, {"state": "也许"}).save()
    answer = give_back(browse(sent.manager), sent.sheet, copy)
    assert answer.status_code == 200
    result = answer.context["result"]
    assert (result.applied, result.refused) == (1, 1)
    assert "也许" in answer.content.decode()
    assert sent.referral(1).status == ReferralStatus.FUNDED
    assert sent.referral(2).status == ReferralStatus.SENT


def test_the_same_copy_again_changes_nothing(browse, sent):
    copy = sent.fetch().answer(1, funded()).save()
    client = browse(sent.manager)
    give_back(client, sent.sheet, copy)
    again = give_back(client, sent.sheet, copy)
    assert (again.context["result"].applied, again.context["result"].unchanged) == (0, 1)
    assert sent.referral(1).drawdowns.count() == 2


@pytest.mark.parametrize("data", [b"no workbook", b""])
def test_a_file_that_is_no_copy_is_refused_beside_its_field(browse, sent, data):
    refused = give_back(browse(sent.manager), sent.sheet, data)
    assert refused.status_code == 422
    assert refused.context["form"].errors
    assert refused.context.get("result") is None


def test_a_file_beyond_the_limit_is_refused_unread():
    big = SimpleUploadedFile("a.xlsx", b"")
    big.size = 11 * 1024**2
    form = ReturnedForm({}, {"file": big})
    big.name = "a.xlsx"
    assert "最多 10 MiB" in str(form.errors["file"])


def test_another_bank_finds_no_sheet(browse, sent):
    rival = browse(make_actor(organization__bank=True, role=Role.INSTITUTION))
    for name in ("one", "workbook"):
        assert rival.get(page(sent.sheet, name)).status_code == 404
    assert give_back(rival, sent.sheet, b"x").status_code == 404
    assert "还没有收到清单" in rival.get(reverse("portal:institution_sheets")).content.decode()


def test_the_list_asks_the_same_number_of_questions_for_any_number(
    browse, bank_actor, count_queries
):
    client = browse(bank_actor)

    def look():
        return count_queries(lambda: client.get(reverse("portal:institution_sheets")))

    ReferralFactory(institution=bank_actor.organization)
    look()
    few = look()
    ReferralFactory.create_batch(4, institution=bank_actor.organization)
    assert look() == few
