"""What a department makes known: who sees it, who has read it, and what stays of its words."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from backend.announcements import services
from backend.announcements.models import Announcement, Reading
from backend.announcements.selectors import list_current, list_for_first_page, list_history
from backend.common.errors import InvalidInput, NotPermitted, StaleRevision, StateConflict
from backend.organizations.enums import Role
from tests.factories.announcements import AnnouncementFactory
from tests.factories.organizations import make_actor


@pytest.fixture
def officer(db):
    return make_actor(organization__department=True, role=Role.DEPARTMENT, rank="officer")


@pytest.fixture
def firm(db):
    return make_actor(proved=True)


def publish(officer, **values) -> Announcement:
    drafted = services.draft_announcement(
        actor=officer, values={"title": "通知", "text": "正文", **values}
    )
    return services.publish_announcement(
        actor=officer, announcement=drafted, expected_revision=None, now=timezone.now()
    )


def seen_by(actor) -> list[str]:
    return [one.title for one in list_current(actor)]


def test_a_draft_is_seen_by_its_department_alone(officer, firm):
    drafted = services.draft_announcement(actor=officer, values={"title": "通知", "text": "正文"})

    assert drafted.region_id == "220000"
    assert drafted.valid_from == timezone.localdate()
    assert drafted in Announcement.objects.visible_to(officer)
    assert drafted not in Announcement.objects.visible_to(firm)
    stranger = make_actor(organization__department=True, role=Role.DEPARTMENT)
    assert drafted not in Announcement.objects.visible_to(stranger)


def test_what_is_published_reaches_the_roles_that_it_is_for(officer, firm):
    bank = make_actor(organization__bank=True, role=Role.INSTITUTION)
    publish(officer, title="给机构", roles=["institution"])
    publish(officer, title="给所有人")

    assert seen_by(firm) == ["给所有人"]
    assert set(seen_by(bank)) == {"给机构", "给所有人"}


@pytest.mark.parametrize(
    ("region", "reached"), [("220000", True), ("220100", True), ("220102", True), ("220200", False)]
)
def test_it_concerns_those_inside_its_region_and_around_it(officer, firm, region, reached):
    """The firm sits in 220102; a bank of the province works in every city of it."""
    bank = make_actor(organization__bank=True, role=Role.INSTITUTION)
    make_actor(organization__region__code=region)
    publish(officer, title="通知", region=region)

    assert bool(seen_by(firm)) is reached
    assert seen_by(bank) == ["通知"]


def test_whoever_keeps_accounts_has_no_region_and_reads_what_is_for_all(officer):
    administrator = make_actor(organization__operator=True, role=Role.ADMINISTRATOR)
    publish(officer, title="给所有人")
    publish(officer, title="给企业", roles=["firm"])

    assert seen_by(administrator) == ["给所有人"]


def test_it_is_shown_from_its_first_day_until_the_day_before_its_end(officer, firm):
    today = timezone.localdate()
    AnnouncementFactory(published=True, title="明天起", valid_from=today + timedelta(days=1))
    AnnouncementFactory(published=True, title="今天止", valid_until=today)
    AnnouncementFactory(
        published=True, title="今天仍在", valid_from=today, valid_until=today + timedelta(days=1)
    )

    assert seen_by(firm) == ["今天仍在"]


def test_pinned_ones_stand_first_and_what_is_unread_before_the_rest(officer, firm):
    old = publish(officer, title="旧的")
    publish(officer, title="新的")
    publish(officer, title="置顶", is_pinned=True)
    assert seen_by(firm) == ["置顶", "新的", "旧的"]

    new = Announcement.objects.get(title="新的")
    services.mark_read(actor=firm, announcement=new, now=timezone.now())

    assert [one.title for one in list_for_first_page(firm)] == ["置顶", "旧的", "新的"]
    assert old.title == "旧的"


def test_reading_counts_once_and_for_one_place_alone(officer, firm):
    published = publish(officer)
    colleague = make_actor(organization=firm.organization, rank="officer")
    for _ in range(2):
        services.mark_read(actor=firm, announcement=published, now=timezone.now())

    assert Reading.objects.count() == 1
    assert not Announcement.objects.concerning(firm).unread_by(firm).exists()
    assert Announcement.objects.concerning(colleague).unread_by(colleague).exists()


def test_looking_at_a_draft_is_no_reading(officer):
    drafted = services.draft_announcement(actor=officer, values={"title": "通知", "text": "正文"})
    services.mark_read(actor=officer, announcement=drafted, now=timezone.now())

    assert not Reading.objects.exists()


def test_a_correction_leaves_its_former_words_in_the_journal(officer):
    published = publish(officer, title="原标题")
    corrected = services.update_announcement(
        actor=officer,
        announcement=published,
        changes={"title": "新标题"},
        expected_revision=published.revision,
        now=timezone.now(),
    )

    assert corrected.corrected_at is not None
    latest = list_history(corrected).first()
    assert latest.type == "announcement.changed"
    assert latest.payload["before"] == {"title": "原标题"}


def test_a_drafts_words_do_not_enter_the_journal(officer):
    drafted = services.draft_announcement(actor=officer, values={"title": "通知", "text": "机密"})
    services.update_announcement(
        actor=officer,
        announcement=drafted,
        changes={"text": "改过"},
        expected_revision=None,
        now=timezone.now(),
    )

    assert "before" not in list_history(drafted).first().payload


def test_a_change_that_changes_nothing_leaves_no_trace(officer):
    published = publish(officer)
    same = services.update_announcement(
        actor=officer,
        announcement=published,
        changes={"title": published.title},
        expected_revision=None,
        now=timezone.now(),
    )

    assert (same.revision, same.corrected_at) == (published.revision, None)


def test_what_was_withdrawn_is_shown_no_more_and_stays_so(officer, firm):
    published = publish(officer)
    withdrawn = services.withdraw_announcement(
        actor=officer,
        announcement=published,
        reason="内容有误",
        expected_revision=None,
        now=timezone.now(),
    )

    assert seen_by(firm) == []
    assert withdrawn in Announcement.objects.visible_to(officer)
    with pytest.raises(StateConflict):
        services.publish_announcement(
            actor=officer, announcement=withdrawn, expected_revision=None, now=timezone.now()
        )
    with pytest.raises(StateConflict):
        services.update_announcement(
            actor=officer,
            announcement=withdrawn,
            changes={"title": "再来"},
            expected_revision=None,
            now=timezone.now(),
        )


def test_what_is_over_cannot_be_published(officer):
    today = timezone.localdate()
    drafted = services.draft_announcement(
        actor=officer,
        values={
            "title": "通知",
            "text": "正文",
            "valid_from": today - timedelta(days=2),
            "valid_until": today,
        },
    )

    with pytest.raises(StateConflict):
        services.publish_announcement(
            actor=officer, announcement=drafted, expected_revision=None, now=timezone.now()
        )


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": " "}, "title"),
        ({"text": ""}, "text"),
        ({"roles": ["auditor"]}, "roles"),
        ({"region": "110000"}, "region"),
        ({"valid_from": "2026-02-01", "valid_until": "2026-02-01"}, "valid_until"),
    ],
)
def test_bad_input_names_its_field(officer, changes, field):
    values = {
        key: date.fromisoformat(value) if key.startswith("valid") else value
        for key, value in changes.items()
    }
    with pytest.raises(InvalidInput) as refused:
        services.draft_announcement(
            actor=officer, values={"title": "通知", "text": "正文", **values}
        )
    assert {problem.field for problem in refused.value.problems} == {field}


def test_others_do_not_write(officer, firm):
    with pytest.raises(NotPermitted):
        services.draft_announcement(actor=firm, values={"title": "通知", "text": "正文"})
    elsewhere = make_actor(organization__department=True, role=Role.DEPARTMENT)
    with pytest.raises(NotPermitted):
        services.update_announcement(
            actor=elsewhere,
            announcement=publish(officer),
            changes={"title": "改"},
            expected_revision=None,
            now=timezone.now(),
        )


def test_two_officers_who_change_one_announcement_are_told_apart(officer):
    published = publish(officer)
    with pytest.raises(StaleRevision):
        services.update_announcement(
            actor=officer,
            announcement=published,
            changes={"title": "改"},
            expected_revision=published.revision - 1,
            now=timezone.now(),
        )
