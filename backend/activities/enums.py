"""Coded values of activities, of who takes part, of projects and of intents."""

from django.db import models


class ActivityKind(models.TextChoices):
    """What is held."""

    JOINT_EVENT = "joint_event", "联合活动"
    ROADSHOW = "roadshow", "科技金融路演"
    CONTEST = "contest", "创新创业大赛"
    TRAINING = "training", "培训"


# Whoever presents a project there enters the project library with it.
PRESENTING_KINDS = frozenset({ActivityKind.ROADSHOW, ActivityKind.CONTEST})


class ActivityStatus(models.TextChoices):
    """How far an activity is."""

    DRAFT = "draft", "筹备中"
    ANNOUNCED = "announced", "已发布"
    HELD = "held", "已举办"
    CANCELLED = "cancelled", "已取消"


class Part(models.TextChoices):
    """What somebody does at an activity; only entrants take up its places."""

    ENTRANT = "entrant", "参加企业"
    GUEST = "guest", "参会机构"
    JUDGE = "judge", "评委"


class ParticipationStatus(models.TextChoices):
    """How far somebody's taking part is."""

    APPLIED = "applied", "已报名"
    WAITING = "waiting", "候补"
    ADMITTED = "admitted", "已确认"
    REFUSED = "refused", "未入选"
    WITHDRAWN = "withdrawn", "已退出"
    ATTENDED = "attended", "已参加"
    ABSENT = "absent", "未到场"


class ProjectStatus(models.TextChoices):
    """Whether a project stands in the library; only the firm lists it."""

    DRAFT = "draft", "待企业发布"
    LISTED = "listed", "已入库"
    WITHDRAWN = "withdrawn", "已撤下"


class IntentLevel(models.TextChoices):
    """How far an investor is with a project; later levels stand further."""

    OBSERVING = "observing", "关注"
    CONSIDERING = "considering", "洽谈"
    COMMITTED = "committed", "达成意向"
    INVESTED = "invested", "已投资"


class FirmAnswer(models.TextChoices):
    """What a firm says to an intent."""

    INTERESTED = "interested", "愿意对接"
    NOT_INTERESTED = "not_interested", "暂不考虑"


# Institutions that invest: to them the library is open.
INVESTOR_KINDS = frozenset(
    {
        "venture_capital",
        "angel_fund",
        "corporate_vc",
        "government_fund",
        "fund_of_funds",
        "sub_fund",
        "securities",
        "equity_exchange",
    }
)
