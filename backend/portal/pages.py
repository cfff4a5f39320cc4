"""The base of every page: who may open it, and what a refusal looks like."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, ClassVar
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.views import View

from backend.accounts import second_factor
from backend.common.errors import DomainError, StaleRevision
from backend.organizations.actors import Actor
from backend.organizations.enums import Role
from backend.organizations.permissions import Permission
from backend.organizations.row_security import is_confined, reading_as
from backend.portal import once


class Page(View):
    """A page for actors of ``roles`` whose role has ``word``; everybody else finds nothing.

    Words as a mapping (HTTP method to word) ask for more where a page changes something.
    """

    roles: ClassVar[frozenset[Role]] = frozenset(Role)
    word: ClassVar[Permission | None] = None
    post_word: ClassVar[Permission | None] = None
    template_name: ClassVar[str]
    title: ClassVar[str] = ""
    needs_second_factor: ClassVar[bool] = True
    holds_confidential_rows: ClassVar[bool] = True

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Let the right actors in and keep what they read out of shared caches."""
        if not request.user.is_authenticated:
            return self._to_sign_in(request)
        if not request.page_actor:
            return render(request, "portal/account/no_place.html", status=403)
        self._admit(request)
        if self.needs_second_factor and self._lacks_second_factor(request):
            onward = urlencode({"next": self._place_of(request)})
            return _lead(request, f"{reverse('portal:give_code')}?{onward}")
        response = self._answer(request, *args, **kwargs)
        add_never_cache_headers(response)
        if request.method == "POST" and response.status_code < HTTPStatus.BAD_REQUEST:
            once.tell_taken_in(request, response)
        return response

    def _to_sign_in(self, request: HttpRequest) -> HttpResponse:
        """Lead to signing in and back; what was being sent waits in the browser meanwhile."""
        place = self._place_of(request)
        kept = {"kept": "1"} if request.method == "POST" else {}
        query = urlencode({"next": place} | kept, safe="/")
        return _lead(request, f"{reverse(settings.LOGIN_URL)}?{query}")

    def _place_of(self, request: HttpRequest) -> str:
        """Return the page to come back to: where somebody is, not what they press there."""
        if request.htmx:
            return request.htmx.current_url_abs_path or "/"
        if request.method == "POST" and not hasattr(self, "get"):
            before = urlsplit(request.headers.get("Referer", ""))
            is_own = before.netloc == request.get_host()
            return (
                (f"{before.path}?{before.query}" if before.query else before.path)
                if is_own
                else "/"
            )
        return request.get_full_path()

    def _answer(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Read under PostgreSQL's own rules on rows where there are some for this actor."""
        reads = request.method in {"GET", "HEAD"} and self.holds_confidential_rows
        if reads and is_confined(self.actor):
            with reading_as(self.actor):
                return super().dispatch(request, *args, **kwargs)
        return super().dispatch(request, *args, **kwargs)

    def _admit(self, request: HttpRequest) -> None:
        if self.actor.role not in self.roles:
            raise Http404
        for word in (self.word, self.post_word if request.method == "POST" else None):
            if word is not None and not self.actor.has(word):
                raise PermissionDenied("您的角色没有此项权限。")

    def _lacks_second_factor(self, request: HttpRequest) -> bool:
        """Tell whether the person has yet to give a code; who connected an app always must."""
        return not request.user.is_verified() and (
            second_factor.is_required(self.actor)
            or second_factor.confirmed_device(request.user) is not None
        )

    @property
    def actor(self) -> Actor:
        """Who is asking; admission has made sure that there is one."""
        return self.request.page_actor

    def show(
        self, template: str | None = None, *, status: int = 200, **context: Any
    ) -> HttpResponse:
        """Show the page with what a template needs to know."""
        context = {"title": self.title, "actor": self.actor, "view": self} | context
        return render(self.request, template or self.template_name, context, status=status)

    def find(self, rows: QuerySet[Any], key: Any) -> Any:
        """Return one row of a visible set by its public id, or say that there is none."""
        found = rows.filter(public_id=key).first()
        if found is None:
            raise Http404
        return found

    def expected_revision(self, row: Model) -> int:
        """Return the revision that the form was shown with; a missing one is stale."""
        text = self.request.POST.get("revision", "")
        if not (text.isascii() and text.isdigit()):
            raise StaleRevision(expected=0, actual=row.revision)
        return int(text)

    def act(
        self, call: Callable[[], Any], *, to: str | Callable[[Any], str], done: str = ""
    ) -> HttpResponse:
        """Make one domain call for a button press and lead on; a refusal becomes a message.

        Pressing twice has one effect: the second press is led to where the first one led.
        """
        try:
            with once.pressed(self.request) as press:
                if press.before is None:
                    result = call()
                    press.lead_to(to(result) if callable(to) else to)
        except DomainError as error:
            messages.error(self.request, error.message)
            return redirect(to if isinstance(to, str) else self.request.get_full_path())
        if done and press.before is None:
            messages.success(self.request, done)
        return redirect(press.target)

    def submit(
        self,
        form: BaseForm,
        call: Callable[[], Any],
        *,
        to: Callable[[Any], str],
        done: str = "",
        **context: Any,
    ) -> HttpResponse:
        """Make one domain call with a form's values; refusals return to the form by field."""
        if form.is_valid():
            try:
                with once.pressed(self.request) as press:
                    if press.before is None:
                        press.lead_to(to(call()))
            except DomainError as error:
                put_on_form(form, error)
            else:
                if done and press.before is None:
                    messages.success(self.request, done)
                return redirect(press.target)
        return self.show(form=form, status=422, **context)

    @property
    def now(self):
        """The instant of this request."""
        return timezone.now()


def _lead(request: HttpRequest, address: str) -> HttpResponse:
    """Lead the whole page on, also where only a part of it was asked for."""
    if request.htmx:
        return HttpResponse(status=HTTPStatus.NO_CONTENT, headers={"HX-Redirect": address})
    return redirect(address)


def put_on_form(form: BaseForm, error: DomainError) -> None:
    """Show a domain error beside the fields that it names, else above the form."""
    if not error.problems:
        form.add_error(None, error.message)
    for problem in error.problems:
        named = (part for part in problem.field.split(".") if part in form.fields)
        form.add_error(next(named, None), problem.message)
