"""What a row of a sheet says beside the need itself, and how older sheets compare with it."""

import hashlib
import json
from datetime import UTC, datetime

import pytest
from django.utils import timezone

from backend.consents.enums import FieldGroup
from backend.matches.stage_texts import RULE_TEXTS
from backend.needs.enums import NeedStatus
from backend.needs.models import Need
from backend.referrals import list_selectors
from backend.referrals.canonical import write_canonical
from backend.referrals.enums import Obstacle
from backend.referrals.list_selectors import content_of, preview_list
from backend.referrals.models import Referral, Sheet
from backend.referrals.services import editing
from matching.parameters import load_parameters
from tests.factories.consents import ConsentFactory
from tests.factories.firms import FactFactory
from tests.factories.lists import consent_to, make_office, open_needs
from tests.factories.recommendations import EndorsementFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return make_office(banks=1)


def only_row(office):
    office.draft_and_send()
    (row,) = content_of(Sheet.objects.latest("pk"))["rows"]
    return row


def test_what_is_to_be_confirmed_is_named_condition_by_condition(office):
    office.add_bank(collateral=["patent"], undisclosed=["purpose"])
    consent_to(open_needs(1, collateral=None), office.banks)
    office.draft_and_send()
    sheet = Sheet.objects.get(institution=office.banks[1])
    (row,) = content_of(sheet)["rows"]
    said = {one["criterion"]: one["text"] for one in row["to_confirm"]}
    assert row["verdict"] == "to_confirm"
    assert "未填可提供的担保" in said["collateral"]
    assert "未公布" in said["purpose"]


def test_a_consent_is_dated_by_the_calendar_of_the_people(office):
    needs = open_needs(1)
    late = datetime(2026, 3, 4, 17, 30, tzinfo=UTC)  # half past one of the next morning
    consent_to(needs, office.banks, granted_at=late)
    (authorisation,) = only_row(office)["authorisations"]
    assert authorisation["granted_on"] == "2026-03-05"


def test_an_inferred_stage_comes_with_its_basis_and_the_rule(office):
    (need,) = open_needs(1)
    FactFactory(firm=need.firm, field="revenue_yuan", value=300_000_000)
    consent_to([need], office.banks)
    row = only_row(office)
    assert (row["stage"], row["stage_basis"]) == ("mature", "平台推断")
    assert row["stage_rule"] == "营业收入超过科技型中小企业上限（规则 revenue_beyond_sme）"


def test_the_rule_tells_of_figures_and_goes_with_them_only(office):
    (need,) = open_needs(1)
    FactFactory(firm=need.firm, field="revenue_yuan", value=300_000_000)
    ConsentFactory(
        need=need,
        institution=office.banks[0],
        groups=[FieldGroup.IDENTITY, FieldGroup.STANDING],
    )
    row = only_row(office)
    assert row["stage"] == "mature"
    assert "stage_rule" not in row


def test_every_rule_that_infers_a_stage_has_its_words():
    assert {rule.code for rule in load_parameters().stage_rules} == RULE_TEXTS.keys()


def test_whoever_recommends_the_need_is_named_beside_the_firm_only(office):
    needs = open_needs(2)
    consent_to(needs[:1], office.banks)
    for need in needs:
        EndorsementFactory(need=need, incubator__name="北湖科技园")
    office.draft_and_send()
    rows = content_of(Sheet.objects.get())["rows"]
    named, masked = sorted(rows, key=lambda row: row["is_masked"])
    assert named["recommended_by"] == "北湖科技园"
    assert "recommended_by" not in masked


def as_first_format(sheet):
    """Store a sheet as it was written before rows said more."""
    content = content_of(sheet)
    content["format"] = "kerong-sheet/1"
    for row in content["rows"]:
        for field in ("stage_rule", "to_confirm", "recommended_by"):
            row.pop(field, None)
        row["stage"] = row["stage_basis"] = None
    data = write_canonical(content)
    older = Sheet(
        **{
            field.attname: getattr(sheet, field.attname)
            for field in Sheet._meta.concrete_fields
            if field.name not in {"id", "public_id", "version", "content", "digest", "previous"}
        },
        version=sheet.version + 1,
        previous=sheet,
        content=data,
        digest=hashlib.sha256(data).hexdigest(),
    )
    older.referral_list = type(sheet.referral_list).objects.create(
        department=sheet.department, number="L1999-00001", title="早先的清单"
    )
    older.save()
    return older


def test_a_row_of_the_first_format_is_not_changed_by_what_the_format_could_not_say(office):
    (need,) = open_needs(1)
    FactFactory(firm=need.firm, field="revenue_yuan", value=300_000_000)
    consent_to([need], office.banks)
    office.draft_and_send()
    older = as_first_format(Sheet.objects.get())
    assert hashlib.sha256(bytes(older.content)).hexdigest() == older.digest
    Referral.objects.update(status="returned", answered_at=timezone.now(), ended_at=timezone.now())
    Need.objects.update(status=NeedStatus.OPEN)
    row = reissued(office, need)
    assert row["change"] == "same"


def reissued(office, need):
    """Put the need on another list by hand and return its row as it would be sent."""
    drafted = office.draft()
    editing.add_row(
        actor=office.officer,
        referral_list=drafted,
        need=need,
        product=office.products[0],
        reason="机构请求再次推送",
        expected_revision=None,
    )
    (sheet,) = preview_list(drafted, day=timezone.localdate()).sheets
    (row,) = json.loads(write_canonical(sheet.content))["rows"]
    return row


def test_a_need_withdrawn_while_the_preview_is_made_falls_out_of_it(office, monkeypatch):
    stays, leaves = open_needs(2)
    consent_to([stays, leaves], office.banks)
    drafted = office.draft()
    read = list_selectors.list_described

    def withdraw_and_read(need_ids, *, day):
        Need.objects.filter(pk=leaves.pk).update(
            status=NeedStatus.WITHDRAWN, withdrawn_at=timezone.now()
        )
        return read(need_ids, day=day)

    monkeypatch.setattr(list_selectors, "list_described", withdraw_and_read)
    found = preview_list(drafted, day=timezone.localdate())
    assert [row["code"] for sheet in found.sheets for row in sheet.content["rows"]] == [stays.code]
    assert [(row.need, why) for row, why in found.fallen.items()] == [
        (leaves, Obstacle.NEED_NOT_OPEN)
    ]
