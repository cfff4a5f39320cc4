"""`manage.py create_api_key`."""

import io

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from backend.accounts.models import ApiKey
from backend.accounts.selectors import digest_of, find_live_key
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


def test_it_prints_the_key_alone_on_standard_output():
    user = UserFactory(username="zhang")
    out, err = io.StringIO(), io.StringIO()

    call_command("create_api_key", "zhang", "--days", "7", stdout=out, stderr=err)

    secret = out.getvalue().strip()
    key = find_live_key(digest_of(secret.encode()), now=timezone.now())
    assert key.user == user
    assert (key.expiry - timezone.now()).days == 6
    assert secret not in err.getvalue()


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["nobody"], "没有用户“nobody”"),
        (["zhang", "--days", "0"], "1–365"),
        (["zhang", "--days", "366"], "1–365"),
    ],
)
def test_what_cannot_be_used_ends_with_status_2(arguments, expected):
    UserFactory(username="zhang")

    with pytest.raises(CommandError, match=expected) as refusal:
        call_command("create_api_key", *arguments)

    assert refusal.value.returncode == 2
    assert not ApiKey.objects.exists()


def test_an_inactive_user_gets_no_key():
    UserFactory(username="zhang", is_active=False)

    with pytest.raises(CommandError, match="已停用"):
        call_command("create_api_key", "zhang")
