"""For each change of a near miss: what it means for the firm, who helps, and by when.

Figures of a closed year are what they are: the next audited accounts decide, and nobody is
invited to change them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from backend.firms.fact_fields import YEARLY_FIELDS
from backend.matches.wording import FIELD_LABELS, say_field_value, spaced
from backend.reference.models import Qualification

NEXT_ACCOUNTS: Final = "以下一年度审计报表为准"
_AT_ONCE: Final = "修改后立即重新比对"
_NEXT_LIST: Final = "取得认定后；以认定文件载明的有效期为准"
_DEPARTMENT: Final = "所在地科技管理部门"

# Who helps with a figure that is no yearly one, and what it goes by.
_FIGURES: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "registered_capital_yuan": ("市场监管部门", "变更登记后，以营业执照为准"),
        "employees": ("企业自身", "以实际在册人数为准"),
        "insured_employees": ("社会保险经办机构", "以参保缴费记录为准"),
        "rd_staff_ratio": ("企业自身", "以实际在册研发人员为准"),
        "invention_patents": ("知识产权主管部门", "授权公告后"),
        "utility_patents": ("知识产权主管部门", "授权公告后"),
        "software_copyrights": ("著作权登记机构", "取得登记证书后"),
        "innovation_points": (_DEPARTMENT, "以最近一次创新积分评价结果为准"),
        "order_backlog_yuan": ("企业自身", "以已签订的合同为准"),
    }
)


@dataclass(frozen=True, slots=True)
class Advice:
    """One change in words: ``by`` is a day or what the change goes by."""

    kind_label: str
    text: str
    helper: str
    by: str


def issuers_of_qualifications() -> dict[str, str]:
    """Return on which level each qualification is decided; one query."""
    known = Qualification.objects.exclude(issuing_level="")
    return dict(known.values_list("code", "issuing_level"))


def advise(change: Mapping[str, Any], issuers: Mapping[str, str]) -> Advice:
    """Say what one change of a near miss asks of the firm, who helps, and by when.

    ``change`` is as the matching answers; ``issuers`` as `issuers_of_qualifications` returns.
    """
    kind, field, text = change["kind"], change["field"], change["text"]
    helper, by = "企业自身", _AT_ONCE
    if kind == "wait":
        helper, by = "无需办理", f"{change['to']} 起自动满足"
    elif kind == "attain" and field == "qualifications":
        levels = dict.fromkeys(issuers[code] for code in change["to"] if code in issuers)
        helper = f"{_DEPARTMENT}（认定层级：{'、'.join(levels)}）" if levels else _DEPARTMENT
        by = _NEXT_LIST
    elif kind == "attain" and field in YEARLY_FIELDS:
        helper, by, text = "会计师事务所（年度审计）", NEXT_ACCOUNTS, _said_of_accounts(change)
    elif kind == "attain":
        helper, by = _FIGURES.get(field, (_DEPARTMENT, "更新企业资料后"))
    return Advice(kind_label=change["kind_label"], text=text, helper=helper, by=by)


def _said_of_accounts(change: Mapping[str, Any]) -> str:
    field = change["field"]
    now, limit = (say_field_value(field, change[end]) for end in ("from", "to"))
    return spaced(f"产品对{FIELD_LABELS[field]}的要求为{limit}，最近报表为{now}")
