"""A firm takes its own data out over the API."""

import io
import json
import zipfile

import pytest

from backend.journal.models import Event
from tests.factories.firms import FirmFactory
from tests.factories.needs import NeedFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def firm(firm_actor):
    return FirmFactory(organization=firm_actor.organization)


def address(firm):
    return f"/api/v1/firms/{firm.public_id}/export/"


def test_a_manager_gets_everything_as_one_file_and_the_journal_knows(client_for, firm_actor, firm):
    need = NeedFactory(firm=firm)
    answer = client_for(firm_actor).get(address(firm))
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/zip"
    packed = zipfile.ZipFile(io.BytesIO(answer.content))
    document = json.loads(packed.read("data.json"))
    assert [row["code"] for row in document["data"]["needs"]] == [need.code]
    assert Event.objects.filter(type="firm.data_exported").count() == 1


def test_who_oversees_a_firm_takes_nothing_out(client_for, department_actor, firm):
    answer = client_for(department_actor).get(address(firm))
    assert (answer.status_code, answer.json()["code"]) == (403, "permission_denied")


def test_a_stranger_finds_nothing(client_for, stranger_actor, firm):
    assert client_for(stranger_actor).get(address(firm)).status_code == 404


def test_parameters_are_refused(client_for, firm_actor, firm):
    assert client_for(firm_actor).get(address(firm), {"all": "1"}).status_code == 400
