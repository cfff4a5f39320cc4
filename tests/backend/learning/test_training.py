"""Versions of the ranking: trained on outcomes, compared, activated by a person, rolled back."""

import hashlib
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from backend.common.errors import NotPermitted, StaleRevision, StateConflict
from backend.journal.models import Event
from backend.learning.models import PastResult
from backend.learning.selectors import describe_in_use
from backend.learning.services import comparing, training
from backend.learning.services.sources import withdraw_source
from backend.matches import services as runs
from backend.matches.answers import Part, answer_for_need
from backend.matches.catalogue_memory import catalogues
from backend.matches.learned_adapters import PastOutcome, as_outcome
from backend.needs.selectors import list_need_records
from backend.ranking import services
from backend.ranking.enums import VersionStatus
from backend.ranking.models import ModelVersion
from tests.factories.firms import FirmFactory
from tests.factories.matches import MatchRunFactory, compute_all
from tests.factories.needs import NeedFactory
from tests.factories.ranking import PastSourceFactory

pytestmark = pytest.mark.django_db
NOW = timezone.now


def ask(actor, **options):
    return training.request_training(actor=actor, now=NOW(), **options)


def activate(actor, version, revision=None):
    return services.activate_version(
        actor=actor, version=version, expected_revision=revision, now=NOW()
    )


def alter(version, **columns):
    """Write past the platform's own guards, as somebody with the database at hand could."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE ranking_modelversion DISABLE TRIGGER USER")
        for column, value in columns.items():
            cursor.execute(
                f"UPDATE ranking_modelversion SET {column} = %s WHERE id = %s",  # noqa: S608
                [value, version.pk],
            )
        cursor.execute("ALTER TABLE ranking_modelversion ENABLE TRIGGER USER")


def test_a_quarter_counts_once_it_has_ended():
    assert training.last_closed_period(date(2026, 11, 28)) == (date(2026, 7, 1), date(2026, 10, 1))
    assert training.last_closed_period(date(2026, 1, 1)) == (date(2025, 10, 1), date(2026, 1, 1))


def test_a_trained_version_says_what_it_was_made_of_and_is_compared_with_rules(trained):
    assert trained.status == VersionStatus.TRAINED
    assert len(trained.sha256) == len(trained.data_fingerprint) == 64
    assert trained.metrics["outcomes"] >= 200
    assert trained.parameters["method"]
    found = trained.comparison
    assert found["base"] is None
    assert found["difference"] == pytest.approx(found["ndcg"] - found["base_ndcg"])
    assert found["needs"] >= services.LEAST_NEEDS
    assert services.is_better(found), found
    assert list(Event.objects.order_by("pk").values_list("type", flat=True))[-3:] == [
        "model_version.asked",
        "model_version.trained",
        "model_version.compared",
    ]


def test_training_again_changes_nothing_and_the_same_history_gives_the_same_file(
    trained, department_actor
):
    before = trained.revision
    assert not training.train_version(version_id=trained.pk, now=NOW())
    trained.refresh_from_db()
    assert trained.revision == before
    second = ask(department_actor, demonstration=True)
    training.train_version(version_id=second.pk, now=NOW())
    second.refresh_from_db()
    assert (second.sha256, second.data_fingerprint) == (trained.sha256, trained.data_fingerprint)


def test_too_few_outcomes_are_said_and_rules_rank(department_actor, banks):
    version = ask(department_actor)
    training.train_version(version_id=version.pk, now=NOW())
    version.refresh_from_db()
    assert version.status == VersionStatus.REFUSED
    assert "平台继续按规则排序" in version.failure
    assert catalogues.current().model == 0
    with pytest.raises(StateConflict):
        activate(department_actor, version)


@pytest.mark.parametrize("result", ["declined", "funded"])
def test_a_history_of_one_class_or_one_institution_is_no_model(result, department_actor, banks):
    product = banks[0].products.get()
    PastResult.objects.bulk_create(
        PastResult(
            source="old",
            need_code=f"N{number}",
            firm_key=f"F{number}",
            ranked_on=date(2025, 1, 1) + timedelta(days=number),
            product=product,
            result=result,
            known_on=date(2025, 1, 1) + timedelta(days=number),
        )
        for number in range(250)
    )
    version = ask(department_actor)
    training.train_version(version_id=version.pk, now=NOW())
    version.refresh_from_db()
    assert (version.status, catalogues.current().model) == (VersionStatus.REFUSED, 0)


def test_a_contradictory_history_is_refused_with_what_is_wrong(department_actor, history):
    row = PastResult.objects.order_by("ranked_on", "pk").first()
    answered = PastResult.objects.filter(need_code=row.need_code).values("product")
    other = PastResult.objects.exclude(product__in=answered).first().product
    PastResult.objects.create(
        source=row.source,
        need_code=row.need_code,
        firm_key="somebody else",
        ranked_on=row.ranked_on,
        product=other,
        result="declined",
        known_on=row.ranked_on,
        is_demonstration=True,
    )
    version = ask(department_actor, demonstration=True)
    training.train_version(version_id=version.pk, now=NOW())
    version.refresh_from_db()
    assert version.status == VersionStatus.FAILED
    assert "同一需求只有一种描述" in version.failure


def test_a_worker_that_breaks_time_and_again_is_given_up(department_actor, monkeypatch):
    version = ask(department_actor)

    def broken(**options):
        raise RuntimeError("disk full")

    monkeypatch.setattr(training, "list_cases", broken)
    for _ in range(training.MAX_ATTEMPTS):
        with pytest.raises(RuntimeError):
            training.train_version(version_id=version.pk, now=NOW())
    version.refresh_from_db()
    assert version.status == VersionStatus.FAILED
    assert "disk full" not in version.failure  # it stands in the log


def test_one_version_trains_at_a_time_and_only_the_province_decides(
    department_actor, city_department_actor, bank_actor
):
    ask(department_actor)
    with pytest.raises(StateConflict, match="正在训练"):
        ask(department_actor)
    for actor in (city_department_actor, bank_actor):
        with pytest.raises(NotPermitted):
            ask(actor)
        with pytest.raises(NotPermitted):
            services.roll_back(actor=actor, now=NOW())


def test_the_sweep_trains_what_lost_its_wake_up(
    department_actor, banks, django_capture_on_commit_callbacks
):
    version = ask(department_actor)
    ModelVersion.objects.update(woken_at=NOW() - timedelta(hours=1))
    assert training.sweep_training(now=NOW()) == 1
    version.refresh_from_db()
    assert version.status == VersionStatus.REFUSED
    assert training.sweep_training(now=NOW()) == 0


def test_a_version_is_in_use_at_once_and_named_by_every_answer(trained, department_actor):
    rules = catalogues.current()
    activate(department_actor, trained)
    learned = catalogues.current()
    assert (rules.model, learned.model) == (0, trained.number)
    assert "learned" not in rules.versions
    assert learned.versions["learned"] == f"{trained.number}-{trained.sha256[:12]}"
    NeedFactory(open=True)
    run = MatchRunFactory(actor=department_actor, finished=True)
    assert run.library_versions["learned"] == learned.versions["learned"]


def test_a_run_is_ranked_by_the_model_that_it_named_and_can_be_repeated_after_a_roll_back(
    trained, department_actor
):
    activate(department_actor, trained)
    NeedFactory(firm=FirmFactory(profiled=True), open=True)
    run = MatchRunFactory(actor=department_actor, finished=True)
    services.roll_back(actor=department_actor, now=NOW())
    assert catalogues.current().model == 0
    again = compute_all(runs.repeat_run(actor=department_actor, run=run, now=NOW()))
    assert again.result_hash == run.result_hash


def test_rolling_back_leads_to_what_was_in_use_before_and_at_last_to_rules(
    trained, department_actor
):
    activate(department_actor, trained)
    second = ask(department_actor, demonstration=True)
    training.train_version(version_id=second.pk, now=NOW())
    second.refresh_from_db()
    assert second.compared_with == trained
    with pytest.raises(StateConflict, match="两个标准误"):  # the same history is no better
        activate(department_actor, second)
    ModelVersion.objects.filter(pk=second.pk).update(
        comparison=second.comparison | {"difference": 0.2, "standard_error": 0.01}
    )
    activate(department_actor, second)
    assert services.roll_back(actor=department_actor, now=NOW()) == trained
    assert catalogues.current().model == trained.number
    assert services.roll_back(actor=department_actor, now=NOW()) is None
    assert catalogues.current().model == 0
    with pytest.raises(StateConflict, match="已按规则排序"):
        services.roll_back(actor=department_actor, now=NOW())
    second.refresh_from_db()
    assert second.status == VersionStatus.RETIRED


def test_an_old_comparison_or_revision_activates_nothing(trained, department_actor):
    with pytest.raises(StaleRevision):
        activate(department_actor, trained, revision=trained.revision - 1)
    second = ask(department_actor, demonstration=True)
    training.train_version(version_id=second.pk, now=NOW())
    activate(department_actor, trained)
    with pytest.raises(StateConflict, match="重新比较"):
        activate(department_actor, second)
    second.refresh_from_db()
    compared = comparing.compare_version(
        actor=department_actor, version=second, expected_revision=None, now=NOW()
    )
    assert compared.compared_with == trained


def test_what_was_fitted_is_never_altered_nor_deleted(trained):
    for change in ({"content": b"x"}, {"sha256": "0" * 64}, {"weight": 0.1}):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            ModelVersion.objects.filter(pk=trained.pk).update(**change)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        trained.delete()


@pytest.mark.parametrize("damage", ["forged", "cut", "nothing of a model"])
def test_a_tampered_file_never_ranks_rules_do_and_the_log_says_so(
    trained, department_actor, damage, caplog
):
    activate(department_actor, trained)
    content = bytes(trained.content)
    forged = {
        "forged": content[:-9] + bytes([content[-9] ^ 1]) + content[-8:],
        "cut": content[: len(content) // 2],
        "nothing of a model": b"zip",
    }[damage]
    alter(trained, content=forged)
    catalogues.forget()
    catalogue = catalogues.current()
    assert catalogue.learned is None
    assert "learned" not in catalogue.versions
    assert "rules rank" in caplog.text
    second = ask(department_actor, demonstration=True)
    training.train_version(version_id=second.pk, now=NOW())
    second.refresh_from_db()
    assert second.status == VersionStatus.TRAINED  # compared with what really ranks: rules
    with pytest.raises(StateConflict, match="无法使用"):
        comparing.compare_version(
            actor=department_actor, version=trained, expected_revision=None, now=NOW()
        )


def test_the_explanation_changes_with_the_model_and_goes_back_with_it(trained, department_actor):
    need = NeedFactory(firm=FirmFactory(profiled=True), open=True)

    def answer():
        return answer_for_need(
            actor=department_actor, need_id=need.public_id, part=Part.MATCHES, top=20
        )

    by_rules = answer()
    activate(department_actor, trained)
    learned = answer()
    assert b'"code":"learned"' in learned
    assert '"label":"以往对接结果"'.encode() in learned
    assert b'"parts":[{"code":"history"' in learned
    services.roll_back(actor=department_actor, now=NOW())
    assert answer() == by_rules


def test_a_version_says_how_far_its_chances_came_true_in_the_period_after(trained):
    found = trained.metrics["reliability"]
    assert [row["kind"] for row in found] == ["debt"]
    (row,) = found
    assert row["learned_from"] >= 30
    assert row["pairs"] == sum(one["pairs"] for one in row["bins"])
    seen = sum(one["observed"] * one["pairs"] for one in row["bins"])
    assert seen == pytest.approx(row["funded"])
    said = sum(one["predicted"] * one["pairs"] for one in row["bins"])
    assert said == pytest.approx(row["funded"], rel=0.3)
    assert 0 <= row["error"] < 0.15


def test_a_version_names_its_sources_and_one_taken_back_is_left_out(department_actor, banks):
    products = [bank.products.get() for bank in banks]
    for name in ("甲台账", "乙台账"):
        source = PastSourceFactory(name=name)
        PastResult.objects.bulk_create(
            PastResult(
                source=name,
                origin=source,
                need_code=f"N{number}",
                firm_key=f"F{number}",
                ranked_on=date(2025, 1, 1) + timedelta(days=number),
                stage=("seed", "mature")[number % 2],
                product=products[(number * 3 + place) % 4 + 4 * (number % 2)],
                result="declined" if place else "funded",
                known_on=date(2025, 1, 3) + timedelta(days=number),
            )
            for number in range(250)
            for place in range(2)
        )

    def train():
        version = ask(department_actor)
        training.train_version(version_id=version.pk, now=NOW())
        version.refresh_from_db()
        assert version.status == VersionStatus.TRAINED, version.failure
        return version.metrics["sources"], version.metrics["outcomes"]

    both = [{"name": "乙台账", "outcomes": 500}, {"name": "甲台账", "outcomes": 500}]
    assert train() == (both, 1000)
    withdraw_source(actor=department_actor, source=source, expected_revision=None, now=NOW())
    assert train() == (both[1:], 500)


def test_a_file_of_another_format_never_ranks_and_the_page_is_told(
    trained, department_actor, caplog
):
    activate(department_actor, trained)
    older = b"kerong-model/1\n" + bytes(trained.content).split(b"\n", 1)[1]
    alter(trained, content=older, sha256=hashlib.sha256(older).hexdigest())
    catalogues.forget()
    assert catalogues.current().learned is None
    assert "其他版本" in caplog.text
    assert describe_in_use().basis == "rules"
    assert describe_in_use().problem


def test_a_need_that_was_sent_on_two_days_is_no_contradiction(department_actor, banks):
    """It is described as of either day."""
    firm = FirmFactory(profiled=True)
    NeedFactory(firm=firm, open=True)
    (record,) = list_need_records([firm.needs.get().pk], timezone.localdate())
    outcomes = [
        as_outcome(
            PastOutcome(
                need=record.need,
                firm=record.firm,
                firm_key="F",
                ranked_on=day,
                product=bank.products.get().code,
                result="funded",
                known_on=day,
                position=None,
            )
        )
        for day, bank in ((date(2025, 3, 1), banks[0]), (date(2025, 6, 1), banks[1]))
    ]
    assert len({one.need.code for one in outcomes}) == 2
