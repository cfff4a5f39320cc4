"""Every event that the platform records; names are in the past tense and stay stable."""

from django.db import models


class EventType(models.TextChoices):
    """What happened to what."""

    ORGANIZATION_CREATED = "organization.created", "机构已建立"
    ORGANIZATION_CHANGED = "organization.changed", "机构信息已修改"
    MEMBERSHIP_GRANTED = "membership.granted", "成员已加入"
    MEMBERSHIP_CHANGED = "membership.changed", "成员已变更"
    AUTHORITY_PROVED = "membership.authority_proved", "经办授权已核验"
    KEY_CREATED = "key.created", "接口密钥已创建"
    KEY_REVOKED = "key.revoked", "接口密钥已吊销"

    FIRM_CREATED = "firm.created", "企业已建档"
    FIRM_CHANGED = "firm.changed", "企业信息已修改"
    FACT_RECORDED = "firm.fact_recorded", "企业数据已记录"
    QUALIFICATION_RECORDED = "firm.qualification_recorded", "企业资质已记录"
    STAGE_OVERRIDDEN = "firm.stage_overridden", "企业阶段已人工认定"
    TENANCY_CHANGED = "firm.tenancy_changed", "入孵情况已变更"
    ROSTER_IMPORTED = "roster.imported", "名单已导入"

    NEED_CREATED = "need.created", "需求已起草"
    NEED_CHANGED = "need.changed", "需求已修改"
    NEED_SUBMITTED = "need.submitted", "需求已提交"
    NEED_RETURNED = "need.returned", "需求已退回"
    NEED_VERIFIED = "need.verified", "需求已核验"
    NEED_WITHDRAWN = "need.withdrawn", "需求已撤回"
    NEED_EXPIRED = "need.expired", "需求已过期"

    PRODUCT_CREATED = "product.created", "产品已起草"
    PRODUCT_CHANGED = "product.changed", "产品草稿已修改"
    PRODUCT_PUBLISHED = "product.published", "产品已发布"
    PRODUCT_CLOSED = "product.closed", "产品已下架"
    POLICY_CREATED = "policy.created", "优惠政策已建立"
    POLICY_CHANGED = "policy.changed", "优惠政策已修改"
    POLICY_PUBLISHED = "policy.published", "优惠政策已发布"
    POLICY_WITHDRAWN = "policy.withdrawn", "优惠政策已撤下"

    RUN_STARTED = "match_run.started", "匹配批次已启动"
    RUN_FINISHED = "match_run.finished", "匹配批次已完成"
    RUN_CANCELLED = "match_run.cancelled", "匹配批次已取消"
    RUN_FAILED = "match_run.failed", "匹配批次失败"

    WEBHOOK_CREATED = "webhook.endpoint_created", "推送端点已建立"
    WEBHOOK_CHANGED = "webhook.endpoint_changed", "推送端点已修改"
    WEBHOOK_REMOVED = "webhook.endpoint_removed", "推送端点已删除"
    WEBHOOK_ENABLED = "webhook.endpoint_enabled", "推送端点已启用"
    WEBHOOK_DISABLED = "webhook.endpoint_disabled", "推送端点已停用"
    WEBHOOK_FAILING = "webhook.endpoint_failing", "推送端点持续失败"
    WEBHOOK_SECRET_ROTATED = "webhook.secret_rotated", "推送签名密钥已轮换"
    WEBHOOK_PINGED = "webhook.pinged", "推送端点自检"
    WEBHOOK_REPLAYED = "webhook.replayed", "推送消息已重发"
