"""Announcements: read by everybody whom they concern, written by the department."""

import pytest
from django.urls import reverse
from django.utils import timezone

from backend.announcements.models import Announcement
from tests.factories.announcements import AnnouncementFactory

LIST = reverse("portal:announcements")
OWN = reverse("portal:department_announcements")
NEW = reverse("portal:department_announcements_new")

_UNREAD = 'class="unread"'


def detail(announcement: Announcement) -> str:
    return reverse("portal:announcements_detail", args=[announcement.public_id])


def act(announcement: Announcement, name: str) -> str:
    return reverse(f"portal:department_announcements_{name}", args=[announcement.public_id])


def entries(**changes) -> dict[str, str]:
    return {
        "title": "关于第三期对接的通知",
        "text": "第一段。\n\n第二段。",
        "valid_from": timezone.localdate().isoformat(),
        **changes,
    }


def test_reading_needs_a_sign_in(client):
    assert client.get(LIST).url.startswith(reverse("portal:sign_in"))


@pytest.mark.parametrize("who", ["firm", "bank", "department", "incubator"])
def test_everybody_finds_it_on_the_first_page_and_in_the_list(browse, request, who):
    client = browse(request.getfixturevalue(f"{who}_actor"))
    published = AnnouncementFactory(published=True, is_pinned=True)
    first = client.get(reverse("portal:home"), follow=True).content.decode()
    listed = client.get(LIST).content.decode()
    for text in (first, listed):
        assert published.title in text
        assert _UNREAD in text


def test_other_pages_do_not_repeat_it(browse, department_actor):
    published = AnnouncementFactory(published=True)
    text = browse(department_actor).get(reverse("portal:department_needs")).content.decode()
    assert published.title not in text


def test_opening_it_marks_it_as_read(browse, firm_actor):
    published = AnnouncementFactory(published=True, text="第一段。\n\n第二段。")
    client = browse(firm_actor)
    text = client.get(detail(published)).content.decode()
    assert "<p>第一段。</p>" in text
    assert "修改记录" not in text
    assert _UNREAD not in client.get(LIST).content.decode()


def test_what_does_not_concern_the_reader_is_not_there(browse, firm_actor):
    client = browse(firm_actor)
    for hidden in (
        AnnouncementFactory(),
        AnnouncementFactory(withdrawn=True),
        AnnouncementFactory(published=True, roles=["institution"]),
    ):
        assert client.get(detail(hidden)).status_code == 404


def test_an_empty_list_says_where_announcements_come_from(browse, firm_actor):
    assert "目前没有公告" in browse(firm_actor).get(LIST).content.decode()


def test_an_officer_drafts_publishes_corrects_and_withdraws(browse, department_actor, firm_actor):
    client, reader = browse(department_actor), browse(firm_actor)
    draft_page = client.post(NEW, entries(roles=["firm", "institution"]))
    drafted = Announcement.objects.get()
    assert draft_page.url == detail(drafted)
    assert "草稿预览" in client.get(detail(drafted)).content.decode()
    assert reader.get(detail(drafted)).status_code == 404

    client.post(act(drafted, "publish"), {"revision": drafted.revision, "press": "a"})
    drafted.refresh_from_db()
    assert reader.get(detail(drafted)).status_code == 200

    changed = entries(title="更正后的标题", roles=["firm"], revision=drafted.revision, press="b")
    client.post(act(drafted, "edit"), changed)
    text = client.get(detail(drafted)).content.decode()
    assert "更正后的标题" in text
    assert "修改前的内容" in text
    assert "关于第三期对接的通知" in text

    drafted.refresh_from_db()
    client.post(
        act(drafted, "withdraw"),
        {"reason": "内容有误", "revision": drafted.revision, "press": "c"},
    )
    assert reader.get(detail(drafted)).status_code == 404
    assert "内容有误" in client.get(OWN, {"show": "withdrawn"}).content.decode()


def test_pressing_twice_drafts_once(browse, department_actor):
    client = browse(department_actor)
    for _ in range(2):
        client.post(NEW, entries(press="the-same"))
    assert Announcement.objects.count() == 1


def test_bad_input_stands_beside_its_field(browse, department_actor):
    answer = browse(department_actor).post(
        NEW, entries(title=" ", valid_until=timezone.localdate().isoformat())
    )
    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() >= {"title"}


def test_an_end_before_the_first_day_is_refused_at_its_field(browse, department_actor):
    answer = browse(department_actor).post(
        NEW, entries(valid_until=timezone.localdate().isoformat())
    )
    assert answer.status_code == 422
    assert answer.context["form"].errors.keys() == {"valid_until"}


def test_the_announcements_of_another_department_are_not_there(browse, city_department_actor):
    published = AnnouncementFactory(published=True)
    client = browse(city_department_actor)
    assert client.get(detail(published)).status_code == 200
    for name in ("edit", "withdraw"):
        assert client.get(act(published, name)).status_code == 404


def test_firms_do_not_find_the_departments_pages(browse, firm_actor):
    for page in (OWN, NEW):
        assert browse(firm_actor).get(page).status_code == 404


@pytest.mark.parametrize("page", [LIST, OWN])
def test_lists_ask_as_much_for_many_as_for_one(browse, department_actor, count_queries, page):
    department = department_actor.organization
    client = browse(department_actor)
    AnnouncementFactory(department=department, published=True)
    client.get(page)
    one = count_queries(lambda: client.get(page))
    AnnouncementFactory.create_batch(5, department=department, published=True)
    assert count_queries(lambda: client.get(page)) == one
