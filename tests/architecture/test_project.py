"""The project itself: layers, migrations, settings."""

import os
import secrets
import subprocess
import sys

import pytest
from django.core.management import call_command
from importlinter.cli import lint_imports

from tests.architecture.operations import all_operations


def test_imports_point_down(monkeypatch, capsys):
    monkeypatch.syspath_prepend(".")

    assert lint_imports(no_cache=True) == 0, capsys.readouterr().out


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_the_settings_of_a_deployment_have_nothing_to_warn_of():
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "backend.config.settings.prod",
        "KERONG_SECRET_KEY": secrets.token_urlsafe(48),
        "KERONG_ALLOWED_HOSTS": "kerong.example",
        "DATABASE_URL": "postgresql://kerong@postgres/kerong",
        "BROKER_URL": "amqp://kerong@rabbitmq/kerong",
    }
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level=WARNING"]

    checked = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)

    assert checked.returncode == 0, checked.stderr


# An action without a word, because whoever asks gets the same.
FOR_EVERYBODY = "GET /api/v1/reports/public/"


def test_every_action_has_its_word_and_every_word_its_action():
    for operation in all_operations():
        if operation.name == FOR_EVERYBODY:
            continue
        words = getattr(operation.view, "permission_words", None)
        if words is None:
            assert operation.resource in {"me", "session", "schema", "docs", ""}
        else:
            assert operation.action in words, operation.name

    for view in {operation.view for operation in all_operations() if operation.action}:
        offered = {o.action for o in all_operations() if o.view is view}
        assert set(view.permission_words) <= offered, view
