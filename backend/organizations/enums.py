"""Coded values of organizations and their people."""

from django.db import models


class OrganizationKind(models.TextChoices):
    """What an organization is to the mechanism."""

    FIRM = "firm", "企业"
    INCUBATOR = "incubator", "孵化载体"
    INSTITUTION = "institution", "金融机构"
    DEPARTMENT = "department", "科技管理部门"
    OPERATOR = "operator", "平台运维"


# Kinds that lend, invest or insure: only they have products, a capacity and a kind of institution.
OFFERING_KINDS = frozenset({OrganizationKind.INSTITUTION, OrganizationKind.INCUBATOR})


class DepartmentLevel(models.TextChoices):
    """How far a department's view reaches: its own region and all below."""

    PROVINCE = "province", "省"
    CITY = "city", "市（州）"
    COUNTY = "county", "县（市、区）"


class Agency(models.TextChoices):
    """Which agency a department is of; the platform is that of science and technology."""

    SCIENCE = "science", "科技"
    INDUSTRY = "industry", "工信"
    DEVELOPMENT = "development", "发改"
    FINANCE = "finance", "金融"
    COMMERCE = "commerce", "商务"


class InstitutionLevel(models.TextChoices):
    """Where an institution's unit stands; the upper assigns to the lower."""

    HEAD_OFFICE = "head_office", "总行（总部）"
    PROVINCIAL_BRANCH = "provincial_branch", "省级分行"
    CITY_BRANCH = "city_branch", "市（州）分行"
    SUB_BRANCH = "sub_branch", "支行"


class Role(models.TextChoices):
    """What a member does for an organization (contract, section 4)."""

    FIRM = "firm", "企业"
    INCUBATOR = "incubator", "孵化载体"
    INSTITUTION = "institution", "金融机构"
    DEPARTMENT = "department", "科技管理部门"
    AUDITOR = "auditor", "审计员"
    ADMINISTRATOR = "administrator", "系统管理员"
    SECURITY_OFFICER = "security_officer", "安全管理员"


class Rank(models.TextChoices):
    """A manager decides, an officer prepares."""

    MANAGER = "manager", "负责人"
    OFFICER = "officer", "经办人"


class AuthorityBasis(models.TextChoices):
    """How the platform knows that an account may act for a firm."""

    STAMPED_LETTER = "stamped_letter", "盖章授权书"
    SINGLE_SIGN_ON = "single_sign_on", "省统一身份认证"
    VOUCHED = "vouched", "孵化载体或县（市、区）担保"
