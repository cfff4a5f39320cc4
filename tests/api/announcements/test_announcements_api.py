"""/api/v1/announcements/: what departments make known"""

from backend.announcements.models import Announcement
from tests.factories.announcements import AnnouncementFactory

URL = "/api/v1/announcements/"


def address(announcement: Announcement, action: str = "") -> str:
    return f"{URL}{announcement.public_id}/{action}"


def test_an_officer_drafts_publishes_and_everybody_reads(department_client, firm_client):
    made = department_client.post(URL, {"title": "通知", "text": "正文"}, format="json")
    assert made.status_code == 201, made.content
    assert made.json()["status"] == "draft"
    assert firm_client.get(URL).json()["results"] == []
    drafted = Announcement.objects.get()

    published = department_client.post(
        address(drafted, "publish/"), {}, format="json", headers={"If-Match": made["ETag"]}
    )
    assert published.json()["status_label"] == "已发布"

    (row,) = firm_client.get(URL).json()["results"]
    assert (row["title"], row["is_read"]) == ("通知", False)


def test_marking_as_read_is_told_by_the_list(firm_client):
    one, other = AnnouncementFactory(published=True), AnnouncementFactory(published=True)

    answer = firm_client.post(address(one, "read/"), {}, format="json")

    assert answer.json()["is_read"] is True
    unread = firm_client.get(URL, {"is_read": "false"}).json()["results"]
    assert [row["id"] for row in unread] == [str(other.public_id)]


def test_what_does_not_concern_the_reader_is_not_there(firm_client):
    for hidden in (
        AnnouncementFactory(),
        AnnouncementFactory(withdrawn=True),
        AnnouncementFactory(published=True, roles=["institution"]),
    ):
        assert firm_client.get(address(hidden)).status_code == 404
        assert firm_client.post(address(hidden, "read/"), {}, format="json").status_code == 404


def test_bad_input_names_its_field(department_client):
    answer = department_client.post(
        URL, {"title": "", "text": "正文", "roles": ["auditor"]}, format="json"
    )

    assert answer.status_code == 400
    assert {error["field"].split(".")[0] for error in answer.json()["errors"]} == {"title", "roles"}


def test_a_stale_change_is_refused(department_client, department_actor):
    published = AnnouncementFactory(department=department_actor.organization, published=True)

    answer = department_client.patch(
        address(published), {"title": "改"}, format="json", headers={"If-Match": '"7"'}
    )

    assert answer.status_code == 412


def test_a_withdrawal_says_why(department_client, department_actor):
    published = AnnouncementFactory(department=department_actor.organization, published=True)
    headers = {"If-Match": f'"{published.revision}"'}

    refused = department_client.post(
        address(published, "withdraw/"), {"reason": " "}, format="json", headers=headers
    )
    done = department_client.post(
        address(published, "withdraw/"), {"reason": "内容有误"}, format="json", headers=headers
    )

    assert refused.status_code == 400
    assert done.json()["withdrawn_reason"] == "内容有误"


def test_the_list_asks_as_much_for_many_as_for_one(firm_client, count_queries):
    AnnouncementFactory(published=True)
    firm_client.get(URL)
    one = count_queries(lambda: firm_client.get(URL))
    AnnouncementFactory.create_batch(5, published=True)

    assert count_queries(lambda: firm_client.get(URL)) == one
