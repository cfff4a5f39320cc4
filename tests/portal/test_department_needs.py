"""The verification queue: one by one, several at once, and back to the firm."""

from django.urls import reverse

from backend.needs.enums import NeedStatus
from backend.needs.models import VerificationRoute
from backend.organizations.enums import Role
from tests.factories.catalogue import ProductFactory
from tests.factories.needs import NeedFactory
from tests.factories.organizations import make_actor

QUEUE = reverse("portal:department_needs")
BATCH = reverse("portal:department_needs_batch")


def page(need, name="detail"):
    return reverse(f"portal:department_needs_{name}", args=[need.public_id])


def ticks(*needs):
    return {"need": [f"{need.public_id}:{need.revision}" for need in needs]}


def test_the_queue_holds_what_was_submitted_and_no_draft(browse, department_actor):
    waiting, draft = NeedFactory(submitted=True), NeedFactory()
    text = browse(department_actor).get(QUEUE).content.decode()
    assert waiting.code in text
    assert draft.code not in text


def test_a_need_is_found_by_code_and_by_firm(browse, department_actor):
    need, other = NeedFactory(submitted=True), NeedFactory(submitted=True)
    client = browse(department_actor)
    for wanted in (need.code, need.firm.organization.name):
        text = client.get(QUEUE, {"q": wanted}).content.decode()
        assert need.code in text
        assert other.code not in text


def test_a_need_is_shown_with_what_suits_it(browse, department_actor):
    need = NeedFactory(submitted=True)
    product = ProductFactory()
    text = browse(department_actor).get(page(need)).content.decode()
    assert need.firm.organization.name in text
    assert product.current_version.name in text
    assert "不构成担保" in text


def test_a_press_verifies_and_a_second_one_changes_nothing(browse, department_actor):
    need, client = NeedFactory(submitted=True), browse(department_actor)
    press = {"revision": need.revision, "press": "one-press"}
    for _ in range(2):
        assert client.post(page(need, "verify"), press).url == page(need)
    need.refresh_from_db()
    assert need.status == NeedStatus.OPEN
    assert need.revision == press["revision"] + 1


def test_a_stale_press_is_refused_and_says_so(browse, department_actor):
    need, client = NeedFactory(submitted=True), browse(department_actor)
    answer = client.post(page(need, "verify"), {"revision": need.revision + 7}, follow=True)
    need.refresh_from_db()
    assert need.status == NeedStatus.SUBMITTED
    assert [message.level_tag for message in answer.context["messages"]] == ["error"]


def test_a_return_needs_a_reason_beside_its_field(browse, department_actor):
    need, client = NeedFactory(submitted=True), browse(department_actor)
    refused = client.post(page(need, "return"), {"revision": need.revision})
    assert refused.status_code == 422
    assert refused.context["form"].errors["reason"]
    client.post(page(need, "return"), {"revision": need.revision, "reason": "请补充合同。"})
    need.refresh_from_db()
    assert (need.status, need.returned_reason) == (NeedStatus.RETURNED, "请补充合同。")


def test_ticked_rows_are_verified_and_the_others_stay(browse, department_actor):
    first, second, third = NeedFactory.create_batch(3, submitted=True)
    answer = browse(department_actor).post(BATCH, ticks(first, second), follow=True)
    assert f"已核验 2 项：{first.code}、{second.code}" in answer.content.decode()
    third.refresh_from_db()
    assert third.status == NeedStatus.SUBMITTED


def test_a_row_that_cannot_be_verified_is_named_and_keeps_no_other_back(browse, department_actor):
    own = NeedFactory(submitted=True, created_by=department_actor.user)
    stale, good = NeedFactory.create_batch(2, submitted=True)
    stale.revision += 5
    answer = browse(department_actor).post(BATCH, ticks(own, stale, good), follow=True)
    text = answer.content.decode()
    assert f"已核验 1 项：{good.code}" in text
    assert f"1 项未核验（{own.code}）：不能核验或退回本人经办的需求" in text
    assert f"1 项未核验（{stale.code}）" in text


def test_a_batch_of_nothing_says_what_to_do(browse, department_actor):
    client = browse(department_actor)
    assert "请先勾选" in client.post(BATCH, follow=True).content.decode()
    nonsense = client.post(BATCH, {"need": ["x:1", "y"]}, follow=True)
    assert nonsense.status_code == 200


def test_where_a_recommendation_is_required_the_button_is_missing(browse, department_actor):
    need = NeedFactory(submitted=True)
    VerificationRoute.objects.create(
        region_id="220000",
        levels=["county", "city", "province"],
        direct_levels=[],
        set_by=department_actor.user,
        set_at=need.submitted_at,
    )
    text = browse(department_actor).get(page(need)).content.decode()
    assert "核验通过" not in text
    assert "须经走访推荐" in text


def test_another_city_finds_nothing_and_changes_nothing(browse, db):
    need = NeedFactory(submitted=True)
    other = make_actor(
        organization__city_department=True,
        organization__region__code="220200",
        role=Role.DEPARTMENT,
    )
    client = browse(other)
    assert client.get(page(need)).status_code == 404
    assert client.post(page(need, "verify"), {"revision": need.revision}).status_code == 404
    client.post(BATCH, ticks(need))
    need.refresh_from_db()
    assert need.status == NeedStatus.SUBMITTED


def test_the_queue_asks_the_same_number_of_questions_for_any_number(
    browse, department_actor, count_queries
):
    client = browse(department_actor)
    NeedFactory(submitted=True)

    def look():
        return count_queries(lambda: client.get(QUEUE))

    look()
    few = look()
    NeedFactory.create_batch(5, submitted=True)
    assert look() == few


def test_ticked_rows_are_returned_with_one_reason(browse, department_actor):
    first, second = NeedFactory.create_batch(2, submitted=True)
    client = browse(department_actor)
    without = client.post(BATCH, {**ticks(first, second), "act": "return"}, follow=True)
    assert "请填写退回原因" in without.content.decode()
    client.post(BATCH, {**ticks(first, second), "act": "return", "reason": "请补充合同。"})
    for need in (first, second):
        need.refresh_from_db()
        assert (need.status, need.returned_reason) == (NeedStatus.RETURNED, "请补充合同。")


def test_what_was_just_decided_is_listed_and_taken_back(browse, department_actor):
    need = NeedFactory(submitted=True)
    client = browse(department_actor)
    client.post(BATCH, ticks(need))
    assert "刚办理的需求" in client.get(QUEUE).content.decode()
    need.refresh_from_db()
    answer = client.post(BATCH, {**ticks(need), "act": "undo"}, follow=True)
    text = answer.content.decode()
    assert f"已撤销 1 项：{need.code}" in text
    assert "刚办理的需求" not in text
    need.refresh_from_db()
    assert need.status == NeedStatus.SUBMITTED


def test_a_colleague_is_offered_no_undo(browse, department_actor):
    need = NeedFactory(submitted=True)
    browse(department_actor).post(BATCH, ticks(need))
    colleague = browse(make_actor(organization=department_actor.organization, role=Role.DEPARTMENT))
    assert "刚办理的需求" not in colleague.get(QUEUE).content.decode()
    assert "撤销核验" not in colleague.get(page(need)).content.decode()
    need.refresh_from_db()
    refused = colleague.post(page(need, "undo"), {"revision": need.revision}, follow=True)
    assert "只有作出核验或退回的本人可以撤销" in refused.content.decode()


def test_a_need_is_taken_back_on_its_own_page(browse, department_actor):
    need, client = NeedFactory(submitted=True), browse(department_actor)
    client.post(page(need, "verify"), {"revision": need.revision, "press": "a"})
    assert "撤销核验" in client.get(page(need)).content.decode()
    client.post(page(need, "undo"), {"revision": need.revision + 1, "press": "b"})
    need.refresh_from_db()
    assert need.status == NeedStatus.SUBMITTED
