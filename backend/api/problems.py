"""Problem documents of RFC 9457: every refusal of the API has this one shape."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from django.http import HttpResponse

from backend.common.errors import FieldProblem

PROBLEM_MEDIA_TYPE = "application/problem+json"

TITLES: Mapping[int, str] = {
    400: "请求有误",
    401: "需要身份验证",
    403: "没有权限",
    404: "未找到",
    405: "不支持此方法",
    406: "无法提供所要求的格式",
    409: "当前状态不允许",
    411: "缺少内容长度",
    412: "内容已被他人修改",
    413: "内容过大",
    415: "不支持的内容类型",
    422: "幂等键已用于其他请求",
    428: "缺少版本条件",
    429: "请求过于频繁",
    500: "服务器内部错误",
    503: "服务暂时不可用",
}


# Nobody mends more in one go, and a small body cannot ask for a huge answer.
MOST_ERRORS = 200


@dataclass(frozen=True, slots=True)
class Problem:
    """What went wrong: a stable code, a sentence for people, and the fields concerned."""

    status: int
    code: str
    detail: str
    errors: tuple[FieldProblem, ...] = ()

    def as_dict(self, *, instance: str | None = None) -> dict[str, object]:
        """Return the document; ``instance`` is the path that was asked for."""
        document: dict[str, object] = {
            "type": "about:blank",
            "title": TITLES.get(self.status, "请求未能完成"),
            "status": self.status,
            "code": self.code,
            "detail": self._detail(),
            "errors": [
                {"field": error.field, "code": error.code, "message": error.message}
                for error in self.errors[:MOST_ERRORS]
            ],
        }
        if instance is not None:
            document["instance"] = instance
        return document

    def _detail(self) -> str:
        found = len(self.errors)
        if found <= MOST_ERRORS:
            return self.detail
        return f"{self.detail}（共 {found} 处问题，只列出前 {MOST_ERRORS} 处。）"


def problem_response(
    problem: Problem, *, instance: str | None = None, headers: Mapping[str, str] | None = None
) -> HttpResponse:
    """Answer with a problem where no REST framework view is in charge."""
    return HttpResponse(
        json.dumps(problem.as_dict(instance=instance), ensure_ascii=False),
        status=problem.status,
        content_type=PROBLEM_MEDIA_TYPE,
        headers=dict(headers or {}),
    )
