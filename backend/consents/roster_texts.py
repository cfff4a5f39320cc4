"""The wordings by which a firm agrees to stand on rosters; a version once used never changes."""

import hashlib
from dataclasses import dataclass

from backend.consents.enums import FieldGroup
from backend.consents.models import RosterConsent


@dataclass(frozen=True, slots=True)
class RosterText:
    """What a firm agrees to, with marks where its name, the institution and the scope stand."""

    version: str
    purpose: str
    body: str

    @property
    def sha256(self) -> str:
        """The digest that a consent keeps, so that the wording can be proved."""
        return hashlib.sha256(self.body.encode()).hexdigest()


_TEXTS = (
    RosterText(
        version="2026-01",
        purpose="供接收机构了解具备相应资质的科技企业，主动介绍与其阶段相适应的金融服务。",
        body=(
            "{firm}（统一社会信用代码 {uscc}）同意科技管理部门将其列入"
            "发送给{institution}的企业名单，提供以下信息：{groups}。接收机构仅可用于了解企业、主动介绍金融服务，不得转给他人，"
            "不得用于其他用途。名单不涉及具体融资需求，不含联系人信息，不是信用信息查询授权。"
            "本授权至 {expires_on}（不含当日）到期；企业可随时撤回，撤回立即生效，"
            "未发送的不再发送，已发送的在平台上不再显示。不授权不影响企业的其他权利。"
        ),
    ),
)
ROSTER_TEXTS = {text.version: text for text in _TEXTS}
TEXT_IN_FORCE = _TEXTS[-1]


def wording_of_roster(consent: RosterConsent) -> str:
    """Return what a firm agreed to, word for word."""
    values = {
        "firm": consent.firm.organization.name,
        "uscc": consent.firm.organization.code,
        "institution": consent.institution.name,
        "groups": "；".join(str(FieldGroup(group).label) for group in consent.groups),
        "expires_on": consent.expires_on.isoformat(),
    }
    body = ROSTER_TEXTS[consent.text_version].body
    for mark, value in values.items():
        body = body.replace(f"{{{mark}}}", value)
    return body
