"""Made-up announcements of the made-up department of a city; everything says so."""

from datetime import datetime

from backend.announcements.services import draft_announcement, publish_announcement
from backend.organizations.actors import Actor

_ANNOUNCEMENTS = (
    {
        "title": "演示·关于组织第四季度科技企业融资需求征集的通知",
        "text": "各有关单位：\n\n现组织征集第四季度科技企业融资需求。请有融资意向的企业登录平台发布"
        "需求，并授权需要对接的金融机构；我们将在收到后尽快核验。\n\n演示数据，不是真实通知。",
        "is_pinned": True,
    },
    {
        "title": "演示·请金融机构更新在架产品和联系人",
        "text": "请各合作机构核对在架产品的准入条件、绿色通道承诺和联系人，如有变化请及时发布"
        "新版本。\n\n演示数据，不是真实通知。",
        "roles": ["institution"],
    },
)


def load_announcements(officer: Actor, *, now: datetime) -> None:
    """Publish them through the services that people use."""
    for values in _ANNOUNCEMENTS:
        drafted = draft_announcement(actor=officer, values=values)
        publish_announcement(actor=officer, announcement=drafted, expected_revision=None, now=now)
