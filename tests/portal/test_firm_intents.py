"""A firm answers what investors intend."""

import pytest
from django.urls import reverse
from django.utils import timezone

from backend.journal import services as journal
from backend.journal.models import Dispatch
from backend.notifications.models import Notification
from backend.organizations.enums import Role
from tests.factories.activities import IntentFactory, ProjectFactory
from tests.factories.firms import FirmFactory
from tests.factories.needs import NeedFactory
from tests.factories.organizations import make_actor


@pytest.fixture
def fund_actor(db):
    return make_actor(organization__fund=True, role=Role.INSTITUTION)


@pytest.fixture
def intent(firm_actor, fund_actor):
    firm = FirmFactory(organization=firm_actor.organization)
    project = ProjectFactory(need=NeedFactory(firm=firm, open=True), listed=True)
    return IntentFactory(project=project, institution=fund_actor.organization)


def address(intent):
    return reverse("portal:firm_projects_intent", args=[intent.public_id])


def answer(client, intent, **values):
    return client.post(address(intent), {"revision": str(intent.revision)} | values)


def test_the_projects_page_leads_to_the_intent(browse, firm_actor, intent):
    text = browse(firm_actor).get("/firm/projects/").content.decode()
    assert address(intent) in text
    assert "待企业答复" in text


def test_the_firm_answers_and_thinks_again(browse, firm_actor, intent):
    client = browse(firm_actor)
    answer(client, intent, answer="not_interested", note="已有安排", press="a")
    intent.refresh_from_db()
    assert (intent.answer, intent.answer_note) == ("not_interested", "已有安排")
    answer(client, intent, answer="interested", press="b")
    intent.refresh_from_db()
    assert intent.answer == "interested"
    assert "愿意对接" in client.get(address(intent)).content.decode()


def test_no_answer_is_named_at_its_field(browse, firm_actor, intent):
    refused = answer(browse(firm_actor), intent)
    assert refused.status_code == 422
    assert refused.context["form"].errors["answer"]


def test_whose_authority_is_not_proved_is_told_so(browse, intent):
    unproved = make_actor(organization=intent.project.need.firm.organization, proved=False)
    assert answer(browse(unproved), intent, answer="interested").status_code == 422
    intent.refresh_from_db()
    assert intent.answer == ""


def test_another_firm_finds_nothing(browse, stranger_actor, intent):
    assert browse(stranger_actor).get(address(intent)).status_code == 404
    assert answer(browse(stranger_actor), intent, answer="interested").status_code == 404


def test_both_sides_are_told_and_led_to_the_intent(browse, firm_actor, fund_actor, intent):
    fund, firm = browse(fund_actor), browse(firm_actor)
    fund.post(
        reverse("portal:institution_projects_intent", args=[intent.public_id]),
        {"level": "considering", "date": "2026-01-05", "revision": str(intent.revision)},
    )
    intent.refresh_from_db()
    answer(firm, intent, answer="interested")
    for dispatch in Dispatch.objects.filter(relayed_at=None).order_by("pk"):
        journal.relay(dispatch_id=dispatch.pk, now=timezone.now())
    for client, actor, page in (
        (firm, firm_actor, address(intent)),
        (fund, fund_actor, reverse("portal:institution_projects_intent", args=[intent.public_id])),
    ):
        notice = Notification.objects.get(recipient=actor.membership, subject_type="intent")
        assert intent.project.title in client.get("/notices/").content.decode()
        opened = client.post(reverse("portal:notices_open", args=[notice.public_id]))
        assert opened.url == page
        assert client.get(opened.url).status_code == 200
