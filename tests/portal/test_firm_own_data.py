"""A firm reads what is held about it and takes it out by one press."""

import io
import zipfile

import pytest
from django.urls import reverse

from backend.journal.models import Event
from backend.organizations.enums import Rank
from tests.factories.firms import FirmFactory
from tests.factories.organizations import make_actor


@pytest.fixture
def firm(firm_actor):
    return FirmFactory(organization=firm_actor.organization)


def page():
    return reverse("portal:firm_profile_data")


def test_one_press_hands_everything_over(browse, firm_actor, firm):
    client = browse(firm_actor)
    assert "导出全部数据" in client.get(page()).content.decode()
    answer = client.post(page())
    assert answer.headers["Content-Type"] == "application/zip"
    assert firm.organization.code in answer.headers["Content-Disposition"]
    assert "data.json" in zipfile.ZipFile(io.BytesIO(answer.content)).namelist()
    assert Event.objects.filter(type="firm.data_exported").exists()


def test_an_officer_is_told_who_may(browse, firm):
    officer = make_actor(organization=firm.organization, rank=Rank.OFFICER, proved=True)
    client = browse(officer)
    assert "导出全部数据" not in client.get(page()).content.decode()
    assert client.post(page(), follow=True).redirect_chain
    assert not Event.objects.filter(type="firm.data_exported").exists()


def test_other_roles_find_nothing(browse, bank_actor, department_actor):
    for actor in (bank_actor, department_actor):
        assert browse(actor).get(page()).status_code == 404
