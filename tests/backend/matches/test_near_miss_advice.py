"""What a firm reads beside a near miss: who helps and by when."""

import pytest

from backend.firms.fact_fields import FACT_FIELDS, YEARLY_FIELDS
from backend.matches.change_texts import change_text
from backend.matches.near_miss_advice import NEXT_ACCOUNTS, advise
from matching.vocabulary import CHANGE_KINDS


def change(kind, field, before, after):
    return {
        "kind": kind,
        "kind_label": CHANGE_KINDS[kind],
        "field": field,
        "from": before,
        "to": after,
        "text": change_text(kind, field, before, after),
    }


@pytest.mark.parametrize("field", sorted(YEARLY_FIELDS))
def test_yearly_figures_go_by_the_next_audited_accounts_and_invite_to_nothing(field):
    said = advise(change("attain", field, 1, 2), {})
    assert said.by == NEXT_ACCOUNTS == "以下一年度审计报表为准"
    assert not any(word in said.text for word in ("变为", "调整", "提高", "增加"))


@pytest.mark.parametrize("field", sorted(FACT_FIELDS.keys() - YEARLY_FIELDS))
def test_every_other_figure_says_who_helps_and_what_it_goes_by(field):
    said = advise(change("attain", field, 1, 2), {})
    assert said.helper
    assert said.by != NEXT_ACCOUNTS


def test_a_qualification_names_the_level_that_decides():
    said = advise(change("attain", "qualifications", [], ["srdi"]), {"srdi": "省级"})
    assert "省级" in said.helper
    assert "科技管理部门" in said.helper


def test_waiting_names_the_day_and_asks_nothing_of_anybody():
    said = advise(change("wait", "founded_on", None, "2027-03-01"), {})
    assert said.helper == "无需办理"
    assert "2027-03-01" in said.by


def test_a_wish_is_the_firms_own_to_change_at_once():
    said = advise(change("adjust", "amount_max_yuan", 5_000_000, 3_000_000), {})
    assert said.helper == "企业自身"
    assert "立即" in said.by
