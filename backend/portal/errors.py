"""Error pages: what happened, and what to do; the API has its own form of the same."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from psycopg_pool import PoolTimeout

_DATABASE_AWAY = (OperationalError, InterfaceError, PoolTimeout)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request that could not be read."""
    return _answer(request, 400, "请求无法读取", "请返回上一页，检查填写内容后重试。")


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer whoever may not do this."""
    advice = "您的角色不能进行此操作；如有需要，请联系本单位负责人。"
    return _answer(request, 403, "没有此项权限", advice)


def form_ran_out(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form that was shown before somebody signed in anew."""
    advice = "您在别处重新登录过，或页面打开太久。请返回上一页并刷新，没有提交的内容会恢复。"
    return _answer(request, 403, "页面已过期", advice)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer an address that does not exist, or that the reader may not know of."""
    return _answer(request, 404, "没有找到这个页面", "它不存在，或您无权查看。请从菜单重新进入。")


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer a defect without a word about its inside; a database that is away is a 503."""
    if isinstance(sys.exc_info()[1], _DATABASE_AWAY):
        advice = "已填写的内容没有丢失，请几秒钟后刷新重试。"
        response = _answer(request, 503, "系统暂时不可用", advice)
        response.headers["Retry-After"] = "5"
        return response
    return _answer(request, 500, "系统出错", "错误已记录；请稍后重试。")


def _answer(request: HttpRequest, status: int, headline: str, advice: str) -> HttpResponse:
    # Rendered without the frame, which would ask the database who is signed in.
    context = {"title": headline, "headline": headline, "advice": advice, "status": status}
    return render(None, "portal/error.html", context, status=status)
