"""The people of an organization: contacts, consent, cover, accounts."""

import re

import pytest
from django.urls import reverse

from backend.accounts.models import User
from backend.organizations.enums import Rank, Role
from backend.organizations.models import Membership
from backend.partners.models import Contact
from backend.partners.notice import NOTICE, NOTICE_VERSION
from tests.factories.organizations import MembershipFactory, make_actor
from tests.factories.partners import ContactFactory

PEOPLE = "portal:people"
MEMBERS = "portal:members"


def act(name, contact):
    return reverse(f"{PEOPLE}_{name}", args=[contact.public_id])


@pytest.fixture
def officer(bank_actor):
    return make_actor(
        organization=bank_actor.organization, role=Role.INSTITUTION, rank=Rank.OFFICER
    )


@pytest.fixture
def contact(bank_actor):
    return ContactFactory(organization=bank_actor.organization)


def test_a_contact_is_entered_and_shown_as_not_yet_agreed(browse, bank_actor):
    client = browse(bank_actor)
    values = {"name": "王经理", "phone": "0431-80000001", "post": "科技金融部"}
    assert client.post(reverse(f"{PEOPLE}_new"), values).url == reverse(PEOPLE)
    text = client.get(reverse(PEOPLE)).content.decode()
    assert "王经理" in text
    assert "未同意" in text


def test_an_absence_names_who_covers(browse, bank_actor, contact):
    cover = ContactFactory(organization=bank_actor.organization)
    client = browse(bank_actor)
    values = {
        "name": contact.name,
        "phone": contact.phone,
        "is_active": "on",
        "absent_from": bank_actor.today.isoformat(),
        "absent_until": bank_actor.today.isoformat(),
        "covered_by": str(cover.public_id),
        "revision": contact.revision,
    }
    assert client.post(act("edit", contact), values).status_code == 302
    contact.refresh_from_db()
    assert contact.covered_by == cover
    assert f"代理人 {cover.name}" in client.get(reverse(PEOPLE)).content.decode()
    values |= {"absent_until": "2020-01-01", "revision": contact.revision}
    refused = client.post(act("edit", contact), values)
    assert refused.status_code == 422
    assert refused.context["form"].errors


def test_whoever_has_an_account_agrees_alone_after_the_notice(browse, bank_actor, officer):
    contact = ContactFactory(organization=bank_actor.organization, user=officer.user)
    client = browse(officer)
    assert NOTICE.splitlines()[0] in client.get(act("agree", contact)).content.decode()
    press = {"agreed": "on", "notice_version": NOTICE_VERSION}
    refused = browse(bank_actor).post(act("agree", contact), press)
    assert refused.status_code == 422
    assert "本人同意" in refused.content.decode()
    assert "agreed" in client.post(act("agree", contact), {}).context["form"].errors
    assert client.post(act("agree", contact), press).url == reverse(PEOPLE)
    contact.refresh_from_db()
    assert contact.is_nameable
    client.post(act("withdraw", contact))
    contact.refresh_from_db()
    assert not contact.is_nameable


def test_without_an_account_the_signed_notice_is_named(browse, bank_actor, contact):
    client = browse(bank_actor)
    press = {"agreed": "on", "notice_version": NOTICE_VERSION}
    assert "evidence" in client.post(act("agree", contact), press).context["form"].errors
    client.post(act("agree", contact), press | {"evidence": "档案 7 号"})
    contact.refresh_from_db()
    assert contact.agreement_evidence == "档案 7 号"


def test_an_officer_reads_contacts_and_changes_none(browse, officer, contact):
    client = browse(officer)
    assert contact.name in client.get(reverse(PEOPLE)).content.decode()
    assert client.get(act("edit", contact)).status_code == 403
    assert client.post(reverse(f"{PEOPLE}_new"), {}).status_code == 403


def test_the_contacts_of_others_are_not_found(browse, contact):
    rival = browse(make_actor(organization__bank=True, role=Role.INSTITUTION))
    for name in ("edit", "agree"):
        assert rival.get(act(name, contact)).status_code == 404
    assert rival.post(act("withdraw", contact)).status_code == 404
    assert "还没有联系人" in rival.get(reverse(PEOPLE)).content.decode()


def test_a_manager_opens_an_account_whose_first_password_works(browse, bank_actor, client):
    values = {"username": "bank-new", "display_name": "李四", "rank": "officer", "post": "经办"}
    made = browse(bank_actor).post(reverse(f"{MEMBERS}_new"), values)
    password = re.search(r'<code class="secret">([^<]+)</code>', made.content.decode()).group(1)
    user = User.objects.get(username="bank-new")
    assert user.check_password(password)
    place = Membership.objects.get(user=user)
    assert (place.organization, place.rank, place.post) == (
        bank_actor.organization,
        Rank.OFFICER,
        "经办",
    )


@pytest.mark.parametrize("username", ["not a name", ""])
def test_a_name_that_cannot_be_used_is_refused_beside_its_field(browse, bank_actor, username):
    values = {"username": username, "display_name": "李四", "rank": "officer"}
    refused = browse(bank_actor).post(reverse(f"{MEMBERS}_new"), values)
    assert refused.status_code == 422
    assert "username" in refused.context["form"].errors


def test_a_taken_name_is_refused_and_nobody_is_made(browse, bank_actor, officer):
    before = User.objects.count()
    values = {"username": officer.user.username, "display_name": "李四", "rank": "officer"}
    refused = browse(bank_actor).post(reverse(f"{MEMBERS}_new"), values)
    assert "已存在" in refused.content.decode()
    assert User.objects.count() == before


def test_an_ended_place_acts_no_longer_and_nobody_ends_their_own(browse, bank_actor, officer):
    client = browse(bank_actor)

    def end(place):
        return client.post(reverse(f"{MEMBERS}_end", args=[place.public_id]), follow=True)

    end(officer.membership)
    officer.membership.refresh_from_db()
    assert not officer.membership.is_active
    assert "不能终止自己" in end(bank_actor.membership).content.decode()


def test_officers_and_other_banks_manage_no_accounts(browse, bank_actor, officer):
    assert browse(officer).get(reverse(MEMBERS)).status_code == 403
    rival = browse(make_actor(organization__bank=True, role=Role.INSTITUTION))
    address = reverse(f"{MEMBERS}_end", args=[officer.membership.public_id])
    assert rival.post(address).status_code == 404


def test_lists_ask_the_same_number_of_questions_for_any_number(browse, bank_actor, count_queries):
    client = browse(bank_actor)
    ContactFactory(organization=bank_actor.organization)
    for name in (PEOPLE, MEMBERS):
        client.get(reverse(name))
    few = [count_queries(lambda name=name: client.get(reverse(name))) for name in (PEOPLE, MEMBERS)]
    for _ in range(3):
        ContactFactory(organization=bank_actor.organization)
        MembershipFactory(organization=bank_actor.organization, role=Role.INSTITUTION)
    many = [
        count_queries(lambda name=name: client.get(reverse(name))) for name in (PEOPLE, MEMBERS)
    ]
    assert many == few
    assert Contact.objects.count() == 4


def test_a_department_keeps_its_own_contacts_and_accounts(browse, department_actor, bank_actor):
    theirs = ContactFactory(organization=bank_actor.organization, agreed=True)
    client = browse(department_actor)
    values = {"name": "周处长", "phone": "0431-88950001"}
    assert client.post(reverse(f"{PEOPLE}_new"), values).url == reverse(PEOPLE)
    page = client.get(reverse(PEOPLE)).content.decode()
    assert "周处长" in page
    assert theirs.name not in page
    assert client.get(act("edit", theirs)).status_code == 404

    given = {"username": "zhou", "display_name": "周一", "rank": "officer", "post": ""}
    assert "初始密码" in client.post(reverse(f"{MEMBERS}_new"), given).content.decode()
    place = Membership.objects.get(user__username="zhou")
    assert (place.organization, place.role) == (department_actor.organization, Role.DEPARTMENT)


def test_a_firm_opens_a_colleagues_account_which_is_not_proved(browse, firm_actor):
    given = {"username": "liu", "display_name": "刘二", "rank": "officer", "post": ""}
    assert "初始密码" in browse(firm_actor).post(reverse(f"{MEMBERS}_new"), given).content.decode()
    place = Membership.objects.get(user__username="liu")
    assert (place.role, place.authority_proved_at) == (Role.FIRM, None)
    assert browse(firm_actor).get(reverse(PEOPLE)).status_code == 404
