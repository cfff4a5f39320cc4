"""Coded values of consents and disclosures."""

from django.db import models


class Direction(models.TextChoices):
    """Who passes something on to whom."""

    TO_INSTITUTION = "to_institution", "部门向机构提供"
    TO_DEPARTMENT = "to_department", "机构向部门反馈"


class FieldGroup(models.TextChoices):
    """What a consent speaks about; `fields` says which columns belong to each group."""

    IDENTITY = "identity", "企业名称和统一社会信用代码"
    PROFILE = "profile", "所在地区、行业、技术领域、主营业务、成立日期和所在孵化载体"
    STANDING = "standing", "企业阶段、资质和纳税信用等级"
    FIGURES = "figures", "营业收入、研发投入、人员、知识产权等经营数据"
    WISH = "wish", "融资需求的金额、期限、利率、用途、担保和说明"
    CONTACT = "contact", "联系人和联系电话"
    PROGRESS = "progress", "受理、联系和审批情况"
    AMOUNTS = "amounts", "授信额度、放款和利率"
    REASONS = "reasons", "不予支持的原因代码"


GROUPS_OF = {
    Direction.TO_INSTITUTION: (
        FieldGroup.IDENTITY,
        FieldGroup.PROFILE,
        FieldGroup.STANDING,
        FieldGroup.FIGURES,
        FieldGroup.WISH,
        FieldGroup.CONTACT,
    ),
    Direction.TO_DEPARTMENT: (FieldGroup.PROGRESS, FieldGroup.AMOUNTS, FieldGroup.REASONS),
}


# What a roster may say of a firm; it names no need and nobody to be called.
ROSTER_GROUPS = (
    FieldGroup.IDENTITY,
    FieldGroup.PROFILE,
    FieldGroup.STANDING,
    FieldGroup.FIGURES,
)


class ConsentStatus(models.TextChoices):
    """What became of a consent by a day; it expires by the date alone."""

    LIVE = "live", "有效"
    EXPIRED = "expired", "已到期"
    REPLACED = "replaced", "已被新授权替代"
    WITHDRAWN = "withdrawn", "已撤回"


class Channel(models.TextChoices):
    """How a field reached an institution."""

    SHEET = "sheet", "清单"
    API = "api", "接口"
    PORTAL = "portal", "页面"
    WORKBOOK = "workbook", "表格"
    WEBHOOK = "webhook", "系统推送"
