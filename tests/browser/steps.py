"""What several journeys do in a browser."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone

from backend.referrals.enums import ListStatus
from backend.referrals.models import ReferralList


def draft_a_list(officer):
    page = officer.page
    officer.open(reverse("portal:department_lists"))
    page.click("text=起草清单")
    officer.look("department-draft")
    page.click("text=按分配结果起草")
    page.wait_for_selector("text=清单已起草")
    officer.look("department-list")
    page.click("text=预览与差异")
    officer.look("department-preview")
    page.go_back()
    page.click("button:has-text('送审')")
    page.wait_for_selector("text=已送审")
    return ReferralList.objects.get(status=ListStatus.IN_APPROVAL)


def sign(signer, drafted):
    signer.open(reverse("portal:department_lists") + "?show=sign")
    signer.page.click(f"text={drafted.number}")
    signer.page.click("text=签批（")
    signer.look()
    signer.page.click("button:has-text('同意')")
    signer.page.wait_for_selector("text=已签批")


def send(officer, drafted):
    page = officer.page
    officer.open(reverse("portal:department_lists_send", args=[drafted.public_id]))
    officer.look("department-send")
    page.fill("[name=document_number]", "吉科函〔2026〕12号")
    page.fill("[name=basis]", "企业授权书及战略合作协议")
    page.fill("[name=answer_by]", (timezone.localdate() + timedelta(days=14)).isoformat())
    page.click("text=发送到各机构")
    page.wait_for_selector("text=发给各机构的清单")
    officer.look("department-sent")
