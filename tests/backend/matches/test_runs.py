"""Match runs: started, computed in chunks, ended, repeated."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from backend.common.errors import InvalidInput, NotPermitted, StaleRevision, StateConflict
from backend.journal.models import Event
from backend.matches import adapters, answers, services
from backend.matches.catalogue_memory import catalogues
from backend.matches.enums import RunStatus
from backend.matches.models import MatchRow, MatchRun
from backend.matches.selectors import describe_rows
from backend.needs.selectors import list_need_records
from backend.organizations.enums import Role
from tests.factories.catalogue import ProductFactory
from tests.factories.firms import FirmFactory
from tests.factories.matches import MatchRunFactory, compute_all
from tests.factories.needs import NeedFactory
from tests.factories.organizations import make_actor

pytestmark = pytest.mark.django_db


def start(actor, **values):
    return services.start_run(actor=actor, now=timezone.now(), **values)


def test_a_run_ranks_every_open_need_as_the_need_itself_is_answered(department_actor):
    """The packed row holds the same products, verdicts and scores as an answer on demand."""
    ProductFactory.create_batch(3, approval_days=5)
    ProductFactory(financing_type="equity")
    need = NeedFactory(open=True)
    run = MatchRunFactory(actor=department_actor, finished=True)
    (described,) = describe_rows(list(run.rows.all()))
    body = answers.describe_need(
        catalogues.current(),
        need.pk,
        parts=[answers.Part.MATCHES],
        as_of=run.as_of,
        top=run.top,
        with_scores=True,
    )
    fields = ("rank", "product", "product_version_id", "verdict", "score")
    assert described["need"] == need.code
    assert len(described["matches"]) == 3
    assert [{name: match[name] for name in fields} for match in described["matches"]] == [
        {name: match[name] for name in fields} for match in body["matches"]
    ]


def test_only_open_needs_of_the_own_region_are_ranked():
    """A city's run leaves out drafts and the needs of other cities."""
    ProductFactory()
    own = NeedFactory(open=True)
    NeedFactory(submitted=True, firm=own.firm)
    NeedFactory(open=True, firm=FirmFactory(organization__region__code="220202"))
    city = make_actor(organization__city_department=True, role=Role.DEPARTMENT)
    run = MatchRunFactory(actor=city, finished=True)
    assert run.needs_total == 1
    assert [row.need_id for row in run.rows.all()] == [own.pk]


def test_a_run_records_all_that_it_takes_to_repeat_it(department_actor):
    """Day, catalogue, library and the revision of each need."""
    ProductFactory()
    need = NeedFactory(open=True)
    run = MatchRunFactory(actor=department_actor, finished=True)
    assert run.as_of == department_actor.today
    assert run.catalogue_version >= 1
    assert {"library", "parameters"} <= run.library_versions.keys()
    assert run.rows.get().need_revision == need.revision
    assert run.ended_at is not None


def test_repeating_a_run_gives_the_same_result_after_everything_has_changed(department_actor):
    """Products are republished and closed, a need is withdrawn, the firm moved on."""
    kept, closed = ProductFactory.create_batch(2)
    need = NeedFactory(open=True)
    other = NeedFactory(open=True)
    run = MatchRunFactory(actor=department_actor, finished=True)

    _republish(kept, annual_rate_min=0.03, undisclosed=[])
    _close(closed)
    type(need).objects.filter(pk=need.pk).update(amount_max_yuan=9_000_000, revision=7)
    type(other).objects.filter(pk=other.pk).update(status="withdrawn", withdrawn_at=timezone.now())
    changed = MatchRunFactory(actor=department_actor, finished=True)
    repetition = compute_all(
        services.repeat_run(actor=department_actor, run=run, now=timezone.now())
    )

    assert changed.result_hash != run.result_hash
    assert repetition.result_hash == run.result_hash
    assert repetition.repeats == run
    fields = ("need_id", "need_revision", "product_version_ids", "scores", "eligible_count")
    assert list(repetition.rows.order_by("need_id").values_list(*fields)) == list(
        run.rows.order_by("need_id").values_list(*fields)
    )


def _republish(product, **values):
    from backend.catalogue.services import publish_product, update_product

    product = update_product(actor=None, product=product, values=values, expected_revision=None)
    publish_product(
        actor=None, product=product, no_tie_in=True, expected_revision=None, now=timezone.now()
    )


def _close(product):
    from backend.catalogue.services import close_product

    close_product(actor=None, product=product, expected_revision=None, now=timezone.now())


def test_a_run_by_another_version_of_the_library_is_not_repeated(department_actor):
    """It could come out differently, so that is said."""
    run = MatchRunFactory(actor=department_actor, finished=True)
    MatchRun.objects.filter(pk=run.pk).update(library_versions={"library": "0.0.1"})
    run.refresh_from_db()
    with pytest.raises(StateConflict) as refused:
        services.repeat_run(actor=department_actor, run=run, now=timezone.now())
    assert refused.value.code == "versions_differ"


def test_a_run_that_has_not_finished_is_not_repeated(department_actor):
    """There is no result to repeat."""
    NeedFactory(open=True)
    run = MatchRunFactory(actor=department_actor)
    with pytest.raises(StateConflict) as refused:
        services.repeat_run(actor=department_actor, run=run, now=timezone.now())
    assert refused.value.code == "run_not_finished"


def test_a_run_over_no_need_is_finished_at_once(department_actor):
    """There is nothing to wait for."""
    run = start(department_actor)
    assert run.status == RunStatus.FINISHED
    assert run.needs_total == 0


def test_one_run_per_region_is_at_work_at_a_time(department_actor):
    """A second one is refused until the first has ended."""
    NeedFactory(open=True)
    first = start(department_actor)
    with pytest.raises(StateConflict) as refused:
        start(department_actor)
    assert refused.value.code == "run_active"
    services.cancel_run(
        actor=department_actor, run=first, expected_revision=None, now=timezone.now()
    )
    assert start(department_actor).status == RunStatus.QUEUED


def test_a_cancelled_run_computes_nothing_more(department_actor):
    """What was computed stays; wake-ups that are still under way find nothing to do."""
    NeedFactory.create_batch(2, open=True)
    run = start(department_actor, chunk_needs=1)
    from backend.matches.chunks import compute_next_chunk

    assert compute_next_chunk(run_id=run.pk, now=timezone.now())
    run = services.cancel_run(
        actor=department_actor, run=run, expected_revision=None, now=timezone.now()
    )
    assert not compute_next_chunk(run_id=run.pk, now=timezone.now())
    assert run.status == RunStatus.CANCELLED
    assert run.rows.count() == 1


def test_an_ended_run_cannot_be_cancelled(department_actor):
    """Its result stands."""
    run = MatchRunFactory(actor=department_actor, finished=True)
    with pytest.raises(StateConflict):
        services.cancel_run(
            actor=department_actor, run=run, expected_revision=None, now=timezone.now()
        )


def test_cancelling_on_an_older_revision_is_refused(department_actor):
    """Whoever cancels has seen what there is."""
    NeedFactory(open=True)
    run = start(department_actor)
    with pytest.raises(StaleRevision):
        services.cancel_run(
            actor=department_actor, run=run, expected_revision=99, now=timezone.now()
        )


def test_institutions_and_firms_start_no_runs(bank_actor, firm_actor):
    """Runs are the department's."""
    for actor in (bank_actor, firm_actor):
        with pytest.raises(NotPermitted):
            start(actor)


def test_a_day_too_far_away_is_refused_with_its_field(department_actor):
    """So is a list of nothing."""
    with pytest.raises(InvalidInput) as refused:
        start(department_actor, as_of=department_actor.today + timedelta(days=400), top=0)
    assert [problem.field for problem in refused.value.problems] == ["as_of", "top"]


def test_each_change_of_a_run_leaves_one_event(department_actor):
    """Started, finished; the second is the platform's own."""
    NeedFactory(open=True)
    run = MatchRunFactory(actor=department_actor, finished=True)
    events = Event.objects.about("match_run", run.public_id).order_by("pk")
    assert [event.type for event in events] == ["match_run.started", "match_run.finished"]
    assert [event.user_id for event in events] == [department_actor.user.pk, None]


def test_a_department_sees_the_runs_of_its_region_and_below_only(department_actor):
    """The city does not see the province's run, the province sees the city's."""
    city = make_actor(organization__city_department=True, role=Role.DEPARTMENT)
    other = make_actor(
        organization__city_department=True,
        organization__region__code="220200",
        role=Role.DEPARTMENT,
    )
    of_province = MatchRunFactory(actor=department_actor)
    of_city = MatchRunFactory(actor=city)
    assert set(MatchRun.objects.visible_to(department_actor)) == {of_province, of_city}
    assert set(MatchRun.objects.visible_to(city)) == {of_city}
    assert not MatchRun.objects.visible_to(other).exists()


@pytest.mark.parametrize(
    ("table", "values", "constraint"),
    [
        ("run", {"top": 0}, "match_run_top_in_range"),
        ("run", {"status": "cancelled"}, "match_run_has_an_end_when_it_ended"),
        ("run", {"result_hash": "x"}, "match_run_has_a_hash_when_finished"),
        ("run", {"failure": "x"}, "match_run_has_a_reason_when_failed"),
        ("chunk", {"need_count": 2}, "match_chunk_count_is_right"),
        ("chunk", {"status": "finished"}, "match_chunk_finished_is_complete"),
    ],
)
def test_the_database_refuses_what_the_lifecycle_does_not_know(
    department_actor, table, values, constraint
):
    """Raw updates meet the same rules."""
    NeedFactory(open=True)
    run = start(department_actor)
    rows = MatchRun.objects.filter(pk=run.pk) if table == "run" else run.chunks.all()
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        rows.update(**values)


def test_a_need_has_one_row_in_a_run_and_its_arrays_agree(department_actor):
    """A doubled or torn result is impossible."""
    ProductFactory()
    NeedFactory(open=True)
    row = MatchRunFactory(actor=department_actor, finished=True).rows.get()
    with pytest.raises(IntegrityError, match="match_row_arrays_agree"), transaction.atomic():
        MatchRow.objects.filter(pk=row.pk).update(scores=[])
    row.pk = None
    with pytest.raises(IntegrityError, match="match_row_once_per_need"), transaction.atomic():
        row.save(force_insert=True)


def test_a_chunk_ranked_at_once_holds_the_list_of_each_need(department_actor):
    """Products, counts and the last bit of every score are those of one need at a time."""
    ProductFactory.create_batch(4, approval_days=5)
    ProductFactory(financing_type="equity", stages=["seed"])
    ProductFactory(firm_age_min_months=600)
    ProductFactory(terms=[{"field": "order_backlog_yuan", "op": ">=", "value": 1}])
    needs = [
        NeedFactory(open=True),
        NeedFactory(open=True, amount_min_yuan=None, amount_max_yuan=None),
        NeedFactory(open=True, financing_types=["equity"]),
        NeedFactory(open=True, financing_types=["factoring"]),
    ]
    run = MatchRunFactory(actor=department_actor, top=3, finished=True)
    catalogue = catalogues.of_version(run.catalogue_version)
    version_pks = {code: product.version_pk for code, product in catalogue.products.items()}
    for record in list_need_records([need.pk for need in needs], run.as_of):
        found = adapters.shortlist(
            catalogue.matcher, record.need, record.firm, as_of=run.as_of, top=run.top
        )
        row = run.rows.get(need=record.pk)
        assert row.need_revision == record.revision
        assert (row.eligible_count, row.to_confirm_count) == (
            found.eligible_count,
            found.to_confirm_count,
        )
        assert row.product_version_ids == [version_pks[code] for code in found.codes]
        assert row.scores == list(found.scores)
    assert run.rows.count() == len(needs)


def test_a_run_over_an_empty_catalogue_finds_nothing_for_anybody(department_actor):
    """Each need has its row, and the rows can be hashed."""
    NeedFactory.create_batch(2, open=True)
    run = MatchRunFactory(actor=department_actor, finished=True)
    assert run.status == RunStatus.FINISHED
    found = run.rows.values_list("eligible_count", "to_confirm_count", "product_version_ids")
    assert list(found) == [(0, 0, [])] * 2


def test_each_day_is_ranked_by_its_own_index(department_actor):
    """A product that opens later is not there before."""
    today = timezone.localdate()
    ProductFactory(valid_from=today + timedelta(days=10))
    NeedFactory(open=True)
    counts = []
    for as_of in (today, today + timedelta(days=10), today):
        run = MatchRunFactory(actor=department_actor, as_of=as_of, finished=True)
        row = run.rows.get()
        counts.append(row.eligible_count + row.to_confirm_count)
    assert counts == [0, 1, 0]
