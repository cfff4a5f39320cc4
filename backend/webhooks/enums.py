"""Coded values of webhooks."""

from django.db import models


class EndpointStatus(models.TextChoices):
    """Whether messages go out to an endpoint."""

    ACTIVE = "active", "启用"
    DISABLED = "disabled", "停用"
    REMOVED = "removed", "已删除"


class DisabledBy(models.TextChoices):
    """Who switched an endpoint off."""

    INSTITUTION = "institution", "本机构"
    SECURITY_OFFICER = "security_officer", "安全管理员"
    RECEIVER = "receiver", "接收方回答 410"


class MessageStatus(models.TextChoices):
    """Where a message stands."""

    PENDING = "pending", "待投递"
    DELIVERED = "delivered", "已送达"
    FAILED = "failed", "投递失败"
    HELD = "held", "端点停用，未投递"


class ErrorKind(models.TextChoices):
    """Why an attempt failed."""

    STATUS = "status", "接收方回答错误状态"
    REDIRECT = "redirect", "接收方要求重定向"
    GONE = "gone", "接收方回答 410"
    NAME = "name", "域名无法解析"
    REFUSED_ADDRESS = "refused_address", "地址不允许访问"
    CONNECT = "connect", "无法连接"
    TLS = "tls", "证书或加密连接错误"
    TIMEOUT = "timeout", "超时"
    PROTOCOL = "protocol", "回答无法识别"
    SECRET = "secret", "签名密钥不可用，请轮换"
