"""Where messages may not go, however it is written and whatever a name becomes."""

import pytest

from backend.common.errors import InvalidInput
from backend.webhooks.addresses import (
    AddressRefusedError,
    NameNotFoundError,
    check_url,
    is_public,
    parse_url,
    public_addresses,
)

NOT_PUBLIC = [
    "0.0.0.0",  # noqa: S104 - refused, not bound
    "0.1.2.3",
    "10.0.0.1",
    "10.255.255.255",
    "100.64.0.1",
    "100.127.255.254",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.0.1",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.1",
    "192.0.0.170",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.0.1",
    "192.168.255.255",
    "198.18.0.1",
    "198.19.255.255",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::7f00:1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:8.8.8.8",
    "::ffff:0:127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a00:1",
    "64:ff9b::808:808",
    "64:ff9b:1::a00:1",
    "100::1",
    "2001::1",
    "2001:0:7f00:1::1",
    "2001:2::1",
    "2001:10::1",
    "2001:20::1",
    "2001:db8::1",
    "2002:7f00:1::1",
    "2002:a00:1::1",
    "2002:808:808::1",
    "3fff::1",
    "5f00::1",
    "4000::1",
    "fc00::1",
    "fd12:3456:789a::1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "ff0e::1",
    "not an address",
]
# Ways to write an inner address that a resolver understands.
WRITTEN_OTHERWISE = [
    "https://127.1/",
    "https://2130706433/",
    "https://0x7f000001/",
    "https://0177.0.0.1/",
    "https://0x7f.1/",
    "https://[::1]/",
    "https://[::ffff:169.254.169.254]/",
    "https://localhost/",
    "https://127.0.0.1:8443/",
]


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_an_address_outside_the_public_internet_is_refused(address):
    assert not is_public(address)
    with pytest.raises(AddressRefusedError):
        public_addresses("bank.example", 443, resolver=lambda host, port: [address])


@pytest.mark.parametrize("address", ["1.1.1.1", "8.8.8.8", "223.5.5.5", "2400:3200::1"])
def test_a_public_address_is_accepted(address):
    assert is_public(address)
    assert public_addresses("bank.example", 443, resolver=lambda *_: [address]) == [address]


def test_one_inner_address_among_public_ones_refuses_the_name():
    with pytest.raises(AddressRefusedError):
        public_addresses("bank.example", 443, resolver=lambda *_: ["1.1.1.1", "10.0.0.1"])


@pytest.mark.parametrize("url", WRITTEN_OTHERWISE)
def test_other_ways_of_writing_an_inner_address_are_refused(url):
    with pytest.raises(InvalidInput) as refused:
        check_url(url)
    assert refused.value.problems[0].code in {"address_not_allowed", "name_not_found"}


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("http://bank.example/", "scheme_not_allowed"),
        ("ftp://bank.example/", "scheme_not_allowed"),
        ("file:///etc/passwd", "scheme_not_allowed"),
        ("bank.example/hook", "scheme_not_allowed"),
        ("//bank.example/", "scheme_not_allowed"),
        ("", "scheme_not_allowed"),
        ("https://", "host_missing"),
        ("https:///path", "host_missing"),
        ("https://user@bank.example/", "userinfo_not_allowed"),
        ("https://user:pw@bank.example/", "userinfo_not_allowed"),
        ("https://bank.example@10.0.0.1/", "userinfo_not_allowed"),
        ("https://bank.example:22/", "port_not_allowed"),
        ("https://bank.example:80/", "port_not_allowed"),
        ("https://bank.example:99999/", "malformed"),
        ("https://bank.example:x/", "malformed"),
        ("https://[::1/", "malformed"),
        ("https://bank.example/#part", "fragment_not_allowed"),
        ("https://bank.example\\@10.0.0.1/", "bad_character"),
        ("https://bank.example/a b", "bad_character"),
        ("https://bank.example/\r\nX: y", "bad_character"),
        ("https://银行.example/", "bad_character"),
        ("https://[fe80::1%25eth0]/", "host_missing"),
        ("https://127.0.0.1%2f.bank.example/", "host_missing"),
        ("https://bank..example/", "host_missing"),
        ("https://" + "a" * 300 + ".example/", "host_missing"),
        ("https://bank.example/" + "a" * 500, "too_long"),
    ],
)
def test_an_address_that_is_none_of_ours_is_refused_with_its_reason(url, code):
    with pytest.raises(InvalidInput) as refused:
        parse_url(url)
    assert (refused.value.problems[0].field, refused.value.problems[0].code) == ("url", code)


def test_what_is_called_is_what_was_checked():
    target = parse_url("https://Bank.Example.:8443/a/b?c=d")

    assert (target.host, target.port, target.path) == ("bank.example", 8443, "/a/b?c=d")
    assert target.host_header == "bank.example:8443"
    assert parse_url("https://[2400:3200::1]").host_header == "[2400:3200::1]"


def test_loopback_is_for_tests_and_demonstration_and_opens_nothing_else(settings):
    with pytest.raises(InvalidInput):
        check_url("http://127.0.0.1:8080/")
    settings.WEBHOOK_ALLOW_LOOPBACK = True

    check_url("http://127.0.0.1:8080/")
    with pytest.raises(InvalidInput):
        check_url("http://10.0.0.1/")
    with pytest.raises(AddressRefusedError):
        public_addresses("x", 80, resolver=lambda *_: ["127.0.0.1", "10.0.0.1"])


def test_a_name_that_leads_nowhere_is_told():
    with pytest.raises(NameNotFoundError):
        public_addresses("nowhere.invalid", 443, resolver=lambda *_: [])
