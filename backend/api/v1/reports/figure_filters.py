"""Query parameters of figures: checked here, judged below."""

from collections.abc import Iterable
from typing import Any

from django.db.models import TextChoices
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from backend.api.filters import refuse_unknown_parameters
from backend.api.v1.needs.inquiries import read_day
from backend.common.clocks import ClockState
from backend.common.errors import InvalidInput
from backend.organizations.actors import Actor
from backend.reports.activities import ActivityFigure
from backend.reports.cells import Cell
from backend.reports.documents.files import DocumentKind
from backend.reports.groups import GroupBy
from backend.reports.measured import KINDS
from backend.reports.mechanism import MechanismFigure
from backend.reports.scope import Scope, make_scope

_DATE = {"type": "string", "format": "date"}
SCOPE_PARAMETERS = [
    OpenApiParameter("from", _DATE, description="起日（含）；默认为当年 1 月 1 日。"),
    OpenApiParameter("until", _DATE, description="止日（不含）；默认包含截止日。"),
    OpenApiParameter(
        "as_of",
        _DATE,
        description="截止日：只计当日结束前已记录的内容，可重现当日的数字；默认为今天。",
    ),
    OpenApiParameter(
        "region", {"type": "string"}, description="本部门所在地区或其下级的行政区划代码。"
    ),
]
GROUP_PARAMETER = OpenApiParameter(
    "group_by", {"type": "string", "enum": GroupBy.values}, description="分组方式。"
)
ROW_PARAMETERS = [
    OpenApiParameter(
        "cell", {"type": "string", "enum": Cell.values}, required=True, description="哪一个数字。"
    ),
    GROUP_PARAMETER,
    OpenApiParameter("key", {"type": "string"}, description="分组的 key；须同时给出 group_by。"),
]
RESPONSE_ROW_PARAMETERS = [
    OpenApiParameter(
        "institution", {"type": "string"}, description="机构代码；未给出 clock 时必填。"
    ),
    OpenApiParameter("unit", {"type": "string"}, description="承办单位代码。"),
    OpenApiParameter(
        "clock", {"type": "string", "enum": [kind.value for kind in KINDS]}, description="时限。"
    ),
    OpenApiParameter(
        "state",
        {"type": "string", "enum": [state.value for state in ClockState]},
        description="该时限的状态；须与 clock 同时给出。",
    ),
]
PRODUCT_PARAMETER = OpenApiParameter(
    "product", {"type": "string"}, required=True, description="产品代码。"
)
GREEN_PARAMETER = OpenApiParameter(
    "product", {"type": "string"}, description="产品代码；不给出时为全部绿色通道产品。"
)
MECHANISM_PARAMETER = OpenApiParameter(
    "figure",
    {"type": "string", "enum": MechanismFigure.values},
    required=True,
    description="哪一个数字。",
)
ACTIVITY_PARAMETER = OpenApiParameter(
    "figure",
    {"type": "string", "enum": ActivityFigure.values},
    required=True,
    description="哪一个数字。",
)
_AS_OF, _REGION = SCOPE_PARAMETERS[2], SCOPE_PARAMETERS[3]
YEAR_PARAMETER = OpenApiParameter("year", {"type": "integer"}, description="年份；默认为当年。")
ANNUAL_PARAMETERS = [YEAR_PARAMETER, _AS_OF, _REGION]
MONTHLY_PARAMETERS = [
    OpenApiParameter("year", {"type": "integer"}, description="年份；须与 month 同时给出。"),
    OpenApiParameter("month", {"type": "integer"}, description="月份；默认为上一个完整月。"),
    _AS_OF,
    _REGION,
]
KIND_PARAMETER = OpenApiParameter(
    "kind",
    {"type": "string", "enum": DocumentKind.values},
    required=True,
    description="文件类型：docx（Word）或 xlsx（Excel）。",
)
PAGE_NAMES = ("cursor", "page_size")
CODE_LENGTH = 64
_SCOPE_NAMES = frozenset(str(parameter.name) for parameter in SCOPE_PARAMETERS)


def read_scope(request: Request, actor: Actor, *, beside: Iterable[str] = ()) -> Scope:
    """Return what is asked about; ``beside`` names the parameters that the view reads itself."""
    refuse_unknown_parameters(request, {*_SCOPE_NAMES, *beside})
    given: dict[str, Any] = {
        "start": read_day("from", request.query_params.get("from")),
        "end": read_day("until", request.query_params.get("until")),
        "as_of": read_day("as_of", request.query_params.get("as_of")),
    }
    return make_scope(actor=actor, region=request.query_params.get("region"), **given)


def read_choice(
    request: Request, name: str, choices: type[TextChoices], *, is_required: bool = False
) -> Any:
    """Return one of the choices, None where none was given."""
    text = request.query_params.get(name)
    if text is None and not is_required:
        return None
    if text not in choices.values:
        raise InvalidInput.of(
            name, "unknown", f"“{(text or '')[:40]}”不可用；可用：{'、'.join(choices.values)}。"
        )
    return choices(text)


def read_state(text: str | None) -> ClockState | None:
    """Return the state of a clock, None where none was given."""
    if text is None:
        return None
    if text not in {state.value for state in ClockState}:
        raise InvalidInput.of("state", "unknown", f"“{text[:40]}”不是时限的状态。")
    return ClockState(text)


def read_number(request: Request, name: str) -> int | None:
    """Return a year or a month, None where none was given."""
    text = request.query_params.get(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 4):
        raise InvalidInput.of(name, "not_a_number", f"“{text[:20]}”应为整数，例如 2026。")
    return int(text)


def read_key(request: Request) -> str | None:
    """Return the key of a group; without the grouping it would mean nothing."""
    key = request.query_params.get("key")
    if (key is None) != (request.query_params.get("group_by") is None):
        raise InvalidInput.of("key", "incomplete", "key 与 group_by 须同时给出。")
    return key


def read_text(request: Request, name: str, *, is_required: bool = False) -> str | None:
    """Return a code that names something."""
    text = request.query_params.get(name)
    if (text is None and is_required) or (text is not None and not 0 < len(text) <= CODE_LENGTH):
        raise InvalidInput.of(name, "required", f"请在 {name} 中给出代码（1–{CODE_LENGTH} 字符）。")
    return text
