"""`indicators/`: figures that officers enter with source and date; every version stays."""

from io import StringIO

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction
from django.utils import timezone

from backend.common.errors import InvalidInput
from backend.filings.loading import load_indicators
from backend.filings.models import Indicator
from tests.factories.filings import IndicatorFactory
from tests.factories.organizations import OrganizationFactory
from tests.factories.reference import RegionFactory

pytestmark = pytest.mark.django_db
PATH = "/api/v1/indicators/"


def figure(**changes):
    today = timezone.localdate().isoformat()
    return {
        "region": "220000",
        "measure": "information_given",
        "name": "累计提供企业信息",
        "value": 5312,
        "unit": "referrals",
        "covers_until": today,
        "source": "吉科发人才【2023】71号",
        "source_on": today,
        **changes,
    }


def test_an_officer_enters_corrects_and_withdraws_and_every_version_stays(department_client):
    """Each names the one before it, with the reason."""
    first = department_client.post(PATH, figure())
    assert first.status_code == 201, first.json()
    url = f"{PATH}{first.json()['id']}/"
    second = department_client.post(f"{url}correct/", {"value": 5313, "reason": "漏计一户次"})
    assert second.status_code == 201, second.json()
    assert (second.json()["version"], second.json()["replaces"]) == (2, first.json()["id"])
    assert second.json()["source"] == first.json()["source"]
    late = department_client.post(f"{url}correct/", {"value": 1, "reason": "x"})
    assert (late.status_code, late.json()["code"]) == (409, "not_latest_version")
    third = department_client.post(f"{PATH}{second.json()['id']}/withdraw/", {"reason": "重复"})
    assert third.json()["is_withdrawn"] is True
    series = department_client.get(f"{PATH}?series={first.json()['series']}").json()["results"]
    assert [(row["version"], row["value"]) for row in series] == [(3, 5313), (2, 5313), (1, 5312)]
    (latest,) = department_client.get(f"{PATH}?latest=true").json()["results"]
    assert latest["version"] == 3
    assert department_client.get(url).json()["replaced_by"] == second.json()["id"]


def test_the_database_refuses_to_change_a_version():
    """Even from inside."""
    row = Indicator.objects.filter(pk=IndicatorFactory().pk)
    for attempt in (lambda: row.update(value=1), row.delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            attempt()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"source": " "}, "source"),
        ({"source_on": "2999-01-01"}, "source_on"),
        ({"covers_until": "2999-01-01"}, "covers_until"),
        ({"covers_from": "2026-05-01", "covers_until": "2026-05-01"}, "covers_until"),
        ({"unit": "yuan"}, "unit"),
        ({"measure": "balance"}, "unit"),
        ({"value": 12.5}, "value"),
        ({"region": "229999"}, "region"),
        ({"percentage": 30}, "percentage"),
    ],
)
def test_bad_input_names_its_field(department_client, changes, field):
    """And nothing is stored."""
    answer = department_client.post(PATH, figure(**changes))
    assert answer.status_code == 400, answer.json()
    assert answer.json()["errors"][0]["field"] == field
    assert not Indicator.objects.exists()


def test_a_city_enters_for_its_region_and_corrects_only_its_own(city_department_actor, client_for):
    """It sees nothing of the province's, and another department's below it stays that one's."""
    city = client_for(city_department_actor)
    province = OrganizationFactory(department=True)
    RegionFactory(code="220200")
    assert city.post(PATH, figure(region="220000")).status_code == 403
    assert city.post(PATH, figure(region="220200")).status_code == 403
    assert city.post(PATH, figure(region="220100")).status_code == 201
    IndicatorFactory(department=province)
    below = IndicatorFactory(department=province, region=RegionFactory(code="220102"))
    assert len(city.get(PATH).json()["results"]) == 2
    refused = city.post(f"{PATH}{below.public_id}/correct/", {"value": 1, "reason": "x"})
    assert refused.status_code == 403


def test_institutions_and_firms_have_no_indicators(bank_client, firm_client):
    """They are the department's working figures."""
    assert bank_client.get(PATH).status_code == 403
    assert firm_client.get(PATH).status_code == 403


def test_the_letters_figures_are_loaded_once_with_their_source():
    """A changed value under a known code is refused."""
    OrganizationFactory(department=True)
    path = settings.FIXTURES_DIR / "filings" / "letter-2023D7.json"
    assert load_indicators(path=path, now=timezone.now()) == 11
    assert load_indicators(path=path, now=timezone.now()) == 0
    given = Indicator.objects.get(measure="information_given")
    assert (given.value, given.get_unit_display()) == (5312, "户次")
    assert "吉科发人才【2023】71号" in given.source


def test_a_loaded_figure_that_changed_in_the_file_is_refused(tmp_path):
    """A correction has a person and a reason."""
    OrganizationFactory(department=True)
    path = settings.FIXTURES_DIR / "filings" / "letter-2023D7.json"
    load_indicators(path=path, now=timezone.now())
    other = tmp_path / path.name
    other.write_text(path.read_text(encoding="utf-8").replace("5312,", "5313,"), encoding="utf-8")
    with pytest.raises(InvalidInput, match="value"):
        load_indicators(path=other, now=timezone.now())


def test_the_command_loads_what_is_published_and_needs_the_department():
    """It runs at every start, and once."""
    with pytest.raises(CommandError, match="load_catalogue"):
        call_command("load_indicators", stdout=StringIO())
    OrganizationFactory(department=True)
    for expected in ("新装入 11", "新装入 0"):
        out = StringIO()
        call_command("load_indicators", stdout=out)
        assert expected in out.getvalue()
