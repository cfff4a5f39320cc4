"""The project itself: layers, migrations, settings."""

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


def test_every_action_has_its_word_and_every_word_its_action():
    for operation in all_operations():
        words = getattr(operation.view, "permission_words", None)
        if words is None:
            assert operation.resource in {"me", "session", "schema", "docs", ""}
        else:
            assert operation.action in words, operation.name

    for view in {operation.view for operation in all_operations() if operation.action}:
        offered = {o.action for o in all_operations() if o.view is view}
        assert set(view.permission_words) <= offered, view
