"""EMAIL_URL is read, or refused without showing its password."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from backend.config import mail


def test_without_an_address_nothing_is_sent():
    assert not mail.from_url("").is_enabled


@pytest.mark.parametrize(
    ("url", "port", "use_ssl", "use_tls"),
    [
        ("smtp://mail.example.com", 25, False, False),
        ("smtp+tls://mail.example.com", 587, False, True),
        ("smtps://mail.example.com", 465, True, False),
        ("smtps://mail.example.com:1465", 1465, True, False),
    ],
)
def test_the_scheme_says_how_the_connection_is_secured(url, port, use_ssl, use_tls):
    server = mail.from_url(url)

    assert (server.host, server.port) == ("mail.example.com", port)
    assert (server.use_ssl, server.use_tls) == (use_ssl, use_tls)


def test_user_and_password_may_hold_any_character():
    server = mail.from_url("smtps://a%40b.cn:p%2Fw%3A1@mail.example.com")

    assert (server.user, server.password) == ("a@b.cn", "p/w:1")


def test_a_folder_takes_mails_that_stay_here():
    server = mail.from_url("file:///var/lib/kerong/my%20mail")

    assert server.folder == "/var/lib/kerong/my mail"
    assert server.backend.endswith("filebased.EmailBackend")


@pytest.mark.parametrize(
    "url", ["http://x", "smtp://", "file://host/folder", "mail.example.com", "smtp://h:port"]
)
def test_nonsense_is_refused_without_the_password(url):
    with pytest.raises(ImproperlyConfigured, match="EMAIL_URL") as refused:
        mail.from_url(url.replace("smtp://h", "smtp://u:secret@h"))

    assert "secret" not in str(refused.value)
