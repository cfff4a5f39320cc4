"""`manage.py open_account`: how a new platform gets its first people."""

import io

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command

from backend.accounts.models import User
from backend.organizations.models import Membership, Organization
from tests.factories.organizations import OrganizationFactory

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> str:
    """Run the command and return what a script would read."""
    out = io.StringIO()
    call_command("open_account", *arguments, stdout=out, stderr=io.StringIO())
    return out.getvalue().strip()


def test_the_first_administrator_brings_the_operator_along(rf):
    password = run("admin", "administrator", "--rank", "manager", "--name", "王敏")

    assert authenticate(rf.post("/"), username="admin", password=password) is not None
    membership = Membership.objects.get()
    assert (membership.role, membership.rank) == ("administrator", "manager")
    assert membership.organization.kind == "operator"
    run("guard", "security_officer")
    assert Organization.objects.filter(kind="operator").count() == 1


def test_others_join_an_organization_by_its_code():
    bank = OrganizationFactory(bank=True)

    run("li", "institution", "--organization", bank.code)

    assert Membership.objects.get().organization == bank


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["li", "institution"], "--organization"),
        (["li", "institution", "--organization", "nobody"], "nobody"),
        (["taken", "administrator"], "taken 已存在"),
        (["two words", "administrator"], "用户名"),
    ],
)
def test_a_refusal_says_why_and_leaves_no_account(arguments, expected):
    User.objects.create_user("taken")

    with pytest.raises(CommandError, match=expected) as refused:
        run(*arguments)

    assert refused.value.returncode == 2
    assert User.objects.count() == 1
    assert not Membership.objects.exists()
    assert not Organization.objects.exists()
