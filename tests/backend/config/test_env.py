"""Readers of the environment refuse nonsense."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from backend.config import env


def test_ports_are_read_as_numbers(monkeypatch):
    monkeypatch.setenv("SOME_PORTS", " 443, 8443 ")

    assert env.ports("SOME_PORTS", "80") == [443, 8443]
    monkeypatch.delenv("SOME_PORTS")
    assert env.ports("SOME_PORTS", "80") == [80]


@pytest.mark.parametrize("text", ["https", "443;8443", "0", "65536", "-1", "٤٤٣"])
def test_what_is_no_port_is_refused(monkeypatch, text):
    monkeypatch.setenv("SOME_PORTS", text)

    with pytest.raises(ImproperlyConfigured, match="SOME_PORTS"):
        env.ports("SOME_PORTS", "80")
