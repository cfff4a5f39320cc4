"""Coded values of notifications and mails."""

from django.db import models


class Importance(models.TextChoices):
    """How soon a person has to know."""

    URGENT = "urgent", "紧急"
    NORMAL = "normal", "一般"


class SubjectKind(models.TextChoices):
    """What a message is about, and where its link leads."""

    NEED = "need", "需求"
    REFERRAL = "referral", "推送"
    DRAWDOWN = "drawdown", "放款"
    LIST = "referral_list", "清单"
    SHEET = "sheet", "收到的清单"
    MATTER = "matter", "协调事项"
    CONSENT = "consent", "授权"
    AGREEMENT = "agreement", "合作协议"
    PRODUCT = "product", "金融产品"
    POLICY = "policy", "优惠政策"
    ENDPOINT = "webhook_endpoint", "推送端点"
    INTENT = "intent", "投资意向"
    DATA_REQUEST = "data_request", "更正或删除申请"


class MailChoice(models.TextChoices):
    """What a person wants by mail; what the mechanism requires comes whatever they chose."""

    URGENT = "urgent", "紧急消息即时发送，其余每日摘要"
    DIGEST = "digest", "只要每日摘要"
    OFF = "off", "不发送邮件"


class MailKind(models.TextChoices):
    """Why a mail was written."""

    URGENT = "urgent", "即时"
    DIGEST = "digest", "每日摘要"


class MailStatus(models.TextChoices):
    """Where a mail stands.

    ``unknown``: the connection or the worker was lost while the mail server took it, so it may
    have arrived; it is not sent again, and what is still unread goes into the next digest.
    """

    PENDING = "pending", "待发送"
    SENDING = "sending", "发送中"
    SENT = "sent", "已发送"
    FAILED = "failed", "发送失败"
    UNKNOWN = "unknown", "结果不明"
    DROPPED = "dropped", "无需发送"
