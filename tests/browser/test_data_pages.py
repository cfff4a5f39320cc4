"""Evaluations and requests about data, from the firm's form to the department's answer."""

from django.urls import reverse

from backend.organizations.enums import Role
from tests.factories.firms import FirmEvaluationFactory, FirmFactory
from tests.factories.organizations import make_actor


def test_a_firm_asks_for_a_correction_and_reads_the_answer(visit):
    actor = make_actor(proved=True)
    FirmEvaluationFactory(firm=FirmFactory(organization=actor.organization))
    firm = visit(actor)
    firm.open(reverse("portal:firm_profile"))
    firm.look("firm-evaluations")
    firm.open(reverse("portal:firm_profile_evaluation"))
    firm.look("firm-evaluation-form")
    firm.open(reverse("portal:firm_profile_data_request"))
    firm.look("firm-data-request-form")
    firm.page.select_option("[name=kind]", "correction")
    firm.page.fill("[name=what]", "成立日期应为 2019-05-20")
    firm.page.fill("[name=why]", "登记时误填")
    firm.page.click("main form button[type=submit]")
    firm.look("firm-data-requests")
    assert "待答复" in firm.page.inner_text("main")

    department = visit(make_actor(organization__department=True, role=Role.DEPARTMENT))
    department.open(reverse("portal:department_data_requests"))
    department.look("department-data-requests")
    department.page.click(f"text={actor.organization.name}")
    department.look("department-firm")
    department.open(reverse("portal:department_data_requests"))
    department.page.click("main a:text-is('办理')")
    department.look("department-data-request-grant")
    department.page.fill("[name=answer]", "已改为 2019-05-20")
    department.page.click("main form button[type=submit]")

    firm.open(reverse("portal:firm_profile_data"))
    assert "已改为 2019-05-20" in firm.page.inner_text("main")
