"""One's own account: password, keys, organizations."""

from django.urls import reverse

from backend.accounts.models import ApiKey
from backend.organizations.enums import Role
from tests.factories.organizations import MembershipFactory, OrganizationFactory

PASSWORD = "一个足够长的口令-2026"
NEW = "另一个足够长的口令-2027"


def test_a_new_password_ends_other_sessions_and_keeps_this_one(browse, firm_actor):
    firm_actor.user.set_password(PASSWORD)
    firm_actor.user.save()
    here, elsewhere = browse(firm_actor), browse(firm_actor)
    answer = here.post(
        reverse("portal:account_password"),
        {"present": PASSWORD, "password": NEW, "password_again": NEW},
    )
    assert answer.status_code == 302
    assert here.get(reverse("portal:account")).status_code == 200
    assert elsewhere.get(reverse("portal:account")).status_code == 302


def test_the_present_password_is_asked_for(browse, firm_actor):
    answer = browse(firm_actor).post(
        reverse("portal:account_password"),
        {"present": "falsch", "password": NEW, "password_again": NEW},
    )
    assert answer.status_code == 422
    assert answer.context["form"].errors["present"]


def test_a_key_is_shown_once_and_can_be_revoked(browse, bank_actor):
    client = browse(bank_actor)
    made = client.post(reverse("portal:account_new_key"), {"name": "行内系统", "days": 30})
    secret = made.context["secret"]
    assert secret in made.content.decode()
    assert secret not in client.get(reverse("portal:account")).content.decode()
    key = ApiKey.objects.get()
    address = reverse("portal:account_revoke_key", args=[key.public_id])
    client.post(address, {"press": "once"})
    assert not ApiKey.objects.exists()


def test_a_strangers_key_is_not_there(browse, bank_actor, firm_actor):
    browse(firm_actor).post(reverse("portal:account_new_key"), {"name": "甲", "days": 30})
    key = ApiKey.objects.get()
    address = reverse("portal:account_revoke_key", args=[key.public_id])
    assert browse(bank_actor).post(address).status_code == 404


def test_a_person_with_two_places_chooses_one(browse, firm_actor):
    bank = OrganizationFactory(bank=True)
    MembershipFactory(user=firm_actor.user, organization=bank, role=Role.INSTITUTION)
    client = browse(firm_actor)
    client.post(reverse("portal:account"), {"organization": str(bank.public_id)})
    assert client.get("/", follow=True).redirect_chain[-1][0] == reverse("portal:institution")
