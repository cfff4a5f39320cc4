"""The wordings that come with the platform."""

import hashlib
import json
import shutil
from datetime import date
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from backend.common.errors import InvalidInput, StateConflict
from backend.consents.enums import GROUPS_OF, Direction
from backend.consents.models import ConsentText
from backend.consents.texts import Blanks, fill_in, get_text_in_force, load_texts

pytestmark = pytest.mark.django_db
FOLDER = settings.FIXTURES_DIR / "consents"
DAY = date(2026, 12, 1)


def test_loading_twice_writes_once():
    assert load_texts(folder=FOLDER) == 2
    assert load_texts(folder=FOLDER) == 0
    for text in ConsentText.objects.all():
        assert text.sha256 == hashlib.sha256(text.body.encode()).hexdigest()


def test_the_command_says_what_it_did():
    out = StringIO()
    call_command("load_consent_texts", stdout=out)

    assert out.getvalue() == "授权文本：新装入 2\n"


def test_a_known_version_may_not_change(tmp_path, settings):
    load_texts(folder=FOLDER)
    folder = shutil.copytree(FOLDER, tmp_path / "consents")
    file = folder / json.loads((folder / "texts.json").read_text())[0]["body"]
    file.write_text(file.read_text() + "另有一条。")

    with pytest.raises(InvalidInput) as refusal:
        load_texts(folder=folder)
    assert "新版本号" in refusal.value.message
    settings.FIXTURES_DIR = tmp_path
    with pytest.raises(CommandError):
        call_command("load_consent_texts")


@pytest.mark.parametrize("direction", Direction)
def test_every_mark_of_a_wording_is_filled_in(direction):
    load_texts(folder=FOLDER)
    blanks = Blanks(
        firm="甲公司",
        uscc="91220101MA00000001",
        need="N2026-000001",
        institution="乙银行",
        groups=GROUPS_OF[direction],
        contact="丙",
        expires_on=date(2027, 6, 1),
    )

    filled = fill_in(get_text_in_force(direction, DAY), blanks)

    assert "{" not in filled
    assert "}" not in filled
    for said in ("甲公司", "乙银行", "N2026-000001", "2027-06-01", "撤回", "不含当日"):
        assert said in filled
    for group in GROUPS_OF[direction]:
        assert group.label in filled


def test_without_a_wording_nobody_can_consent():
    with pytest.raises(StateConflict) as refusal:
        get_text_in_force(Direction.TO_INSTITUTION, DAY)

    assert refusal.value.code == "consent_text_missing"
