"""The project library and intents on an institution's pages."""

import pytest
from django.urls import reverse

from backend.activities.models import Intent
from backend.consents.models import Disclosure
from backend.organizations.enums import Role
from tests.factories.activities import IntentFactory, ProjectFactory
from tests.factories.organizations import make_actor

LIBRARY = "/institution/projects/"


@pytest.fixture
def fund_actor(db):
    return make_actor(organization__fund=True, role=Role.INSTITUTION)


@pytest.fixture
def project(db):
    return ProjectFactory(listed=True)


@pytest.fixture
def intent(fund_actor, project):
    return IntentFactory(project=project, institution=fund_actor.organization)


def address(name, one):
    return reverse(f"portal:institution_projects_{name}", args=[one.public_id])


def test_an_investor_reads_the_library_masked_and_that_is_noted(browse, fund_actor, project):
    text = browse(fund_actor).get(LIBRARY).content.decode()
    assert project.title in text
    assert project.need.firm.organization.name not in text
    browse(fund_actor).get(address("one", project))
    assert Disclosure.objects.filter(institution=fund_actor.organization).exists() is True


def test_a_bank_without_consent_finds_nothing(browse, bank_actor, project):
    assert project.title not in browse(bank_actor).get(LIBRARY).content.decode()
    assert browse(bank_actor).get(address("one", project)).status_code == 404


def test_only_what_holds_the_word_is_found(browse, fund_actor, project):
    client = browse(fund_actor)
    assert project.title in client.get(LIBRARY, {"q": project.title[:4]}).content.decode()
    assert "没有找到项目" in client.get(LIBRARY, {"q": "没有这个"}).content.decode()


def test_an_intent_is_declared_once_however_often_it_is_pressed(browse, fund_actor, project):
    client = browse(fund_actor)
    values = {"level": "considering", "date": "2026-01-05", "note": "愿意面谈", "press": "a"}
    first = client.post(address("one", project), values)
    again = client.post(address("one", project), values)
    found = Intent.objects.get()
    assert first.url == again.url == address("intent", found)
    assert (found.level, found.steps.get().note) == ("considering", "愿意面谈")


def test_an_amount_that_is_missing_is_named_at_its_field(browse, fund_actor, project):
    values = {"level": "committed", "date": "2026-01-05"}
    answer = browse(fund_actor).post(address("one", project), values)
    assert answer.status_code == 422
    assert answer.context["form"].errors["amount_yuan"]
    assert project.title in answer.content.decode()


def test_an_intent_is_carried_on_and_never_back(browse, fund_actor, intent):
    client = browse(fund_actor)
    page = address("intent", intent)
    values = {"level": "committed", "amount_yuan": "500", "date": "2026-01-05"}
    client.post(page, values | {"revision": str(intent.revision)})
    intent.refresh_from_db()
    assert (intent.level, intent.amount_yuan) == ("committed", 5_000_000)
    assert "500 万元" in client.get(page).content.decode()
    back = client.post(page, {"level": "observing", "revision": str(intent.revision)})
    assert back.status_code == 422


def test_a_stale_form_is_told_so(browse, fund_actor, intent):
    values = {"level": "considering", "date": "2026-01-05", "revision": "999"}
    answer = browse(fund_actor).post(address("intent", intent), values)
    assert answer.status_code == 422
    intent.refresh_from_db()
    assert intent.level == "observing"


def test_an_intent_is_given_up_and_stays_to_be_read(browse, fund_actor, intent):
    client = browse(fund_actor)
    client.post(address("drop", intent), {"note": "不合适", "revision": str(intent.revision)})
    intent.refresh_from_db()
    assert intent.dropped_at is not None
    assert "已放弃" in client.get(reverse("portal:institution_projects_intents")).content.decode()


def test_strangers_find_no_intent(browse, bank_actor, firm_actor, intent):
    for actor in (bank_actor, firm_actor):
        assert browse(actor).get(address("intent", intent)).status_code == 404
        assert browse(actor).post(address("drop", intent)).status_code == 404


@pytest.mark.parametrize("page", [LIBRARY, "/institution/intents/"])
def test_lists_ask_as_often_for_many_as_for_few(browse, fund_actor, intent, page, count_queries):
    client = browse(fund_actor)
    client.get(page)
    few = count_queries(lambda: client.get(page))
    for _ in range(4):
        IntentFactory(institution=fund_actor.organization)
    assert count_queries(lambda: client.get(page)) == few
