"""An institution's preferential policies: list, write, publish, withdraw."""

import pytest
from django.urls import reverse

from backend.catalogue.enums import PolicyStatus
from backend.catalogue.models import Policy
from backend.organizations.enums import Rank, Role
from tests.factories.catalogue import PolicyFactory
from tests.factories.organizations import make_actor

LIST = "portal:institution_policies"


def page(policy, name="one"):
    return reverse(f"{LIST}_{name}", args=[policy.public_id])


@pytest.fixture
def draft(bank_actor):
    return PolicyFactory(institution=bank_actor.organization, draft=True)


def test_a_policy_is_drafted_published_once_and_withdrawn(browse, bank_actor):
    client = browse(bank_actor)
    values = {"title": "科技贷优惠", "content": "利率减点。", "green_quota": "true"}
    answer = client.post(reverse(f"{LIST}_new"), values)
    policy = Policy.objects.get()
    assert answer.url == page(policy)
    assert (policy.status, policy.green_quota, policy.regions) == (PolicyStatus.DRAFT, True, None)
    press = {"revision": policy.revision, "press": "token"}
    for _ in range(2):
        assert client.post(page(policy, "publish"), press).url == page(policy)
    policy.refresh_from_db()
    assert policy.status == PolicyStatus.PUBLISHED
    assert "已发布" in client.get(reverse(LIST)).content.decode()
    client.post(page(policy, "withdraw"), {"revision": policy.revision})
    policy.refresh_from_db()
    assert policy.status == PolicyStatus.WITHDRAWN
    assert page(policy, "edit") not in client.get(page(policy)).content.decode()


def test_bad_input_names_its_field(browse, bank_actor, draft):
    client = browse(bank_actor)
    values = {"title": "", "content": "利率减点。", "revision": draft.revision}
    refused = client.post(page(draft, "edit"), values)
    assert refused.status_code == 422
    assert "title" in refused.context["form"].errors
    values |= {"title": "优惠", "valid_from": "2027-02-01", "valid_until": "2027-01-01"}
    assert "valid_until" in client.post(page(draft, "edit"), values).context["form"].errors


def test_the_form_shows_what_is_kept(browse, bank_actor):
    policy = PolicyFactory(
        institution=bank_actor.organization, draft=True, green_approval=False, title="旧标题"
    )
    form = browse(bank_actor).get(page(policy, "edit")).context["form"]
    assert form["title"].value() == "旧标题"
    assert '<option value="false" selected>' in str(form["green_approval"])


def test_an_officer_drafts_and_does_not_publish(browse, bank_actor, draft):
    officer = browse(
        make_actor(organization=bank_actor.organization, role=Role.INSTITUTION, rank=Rank.OFFICER)
    )
    assert officer.get(page(draft, "edit")).status_code == 200
    assert officer.post(page(draft, "publish")).status_code == 403


def test_the_policies_of_others_are_not_found_here(browse, draft):
    rival = browse(make_actor(organization__bank=True, role=Role.INSTITUTION))
    for name in ("one", "edit"):
        assert rival.get(page(draft, name)).status_code == 404
    for name in ("publish", "withdraw"):
        assert rival.post(page(draft, name)).status_code == 404
    assert "还没有优惠政策" in rival.get(reverse(LIST)).content.decode()


def test_the_list_asks_the_same_number_of_questions_for_any_number(
    browse, bank_actor, draft, count_queries
):
    client = browse(bank_actor)
    client.get(reverse(LIST))
    few = count_queries(lambda: client.get(reverse(LIST)))
    PolicyFactory.create_batch(4, institution=bank_actor.organization)
    assert count_queries(lambda: client.get(reverse(LIST))) == few
