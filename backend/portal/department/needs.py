"""The verification queue: needs that firms have submitted, one by one or several at once."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from backend.matches.answers import Part, describe_need
from backend.matches.catalogue_memory import catalogues
from backend.needs import services
from backend.needs.batches import DecidedBatch, return_needs, verify_needs
from backend.needs.enums import NeedStatus
from backend.needs.models import Need
from backend.needs.routes import route_of
from backend.needs.undoing import UNDO_MINUTES, list_undoable
from backend.organizations.permissions import Permission
from backend.portal import names
from backend.portal.department.forms import BatchForm, NeedReturnForm
from backend.portal.department.pages import AskPage, DepartmentPage
from backend.recommendations.models import Recommendation
from backend.recommendations.services.undoing import undo_decision, undo_decisions
from backend.referrals.models import Referral
from backend.referrals.progress import describe_progress

_SHOWN_MATCHES = 10
SELECTIONS = {"submitted": "待核验", "open": "已核验", "returned": "已退回", "all": "全部"}


class NeedPage(DepartmentPage):
    """A page about needs of the department's region and below."""

    word = Permission.NEED_VIEW
    post_word = Permission.NEED_VERIFY

    def needs(self) -> QuerySet[Need]:
        """Return the visible needs with what pages show of them."""
        return Need.objects.visible_to(self.actor).with_firm()


class Queue(NeedPage):
    """Needs by state, those that wait longest first."""

    title = "需求核验"
    template_name = "portal/department/needs.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show one selection, a page at a time."""
        selection = self.selection([*SELECTIONS])
        return self.show(**self.queue(selection))

    def queue(self, selection: str) -> dict[str, Any]:
        """Return what the list shows."""
        needs = self.needs().prefetch_related("recommendations")
        if selection != "all":
            needs = needs.filter(status=NeedStatus(selection))
        wanted = self.request.GET.get("q", "").strip()[:60]
        if wanted:
            needs = needs.named(wanted)
        region = self.request.GET.get("region", "")
        region = region if region in names.regions() else ""
        if region:
            needs = needs.inside(region)
        return {
            "page": self.rows_page(needs.order_by("submitted_at", "pk")),
            "selection": selection,
            "selections": SELECTIONS.items(),
            "wanted": wanted,
            "region": region,
            "waiting": Need.objects.visible_to(self.actor).submitted().count(),
            "can_verify": self.actor.has(Permission.NEED_VERIFY),
            "undoable": list_undoable(actor=self.actor, now=self.now)
            .with_firm()
            .order_by("-updated_at"),
            "undo_minutes": UNDO_MINUTES,
        }


class DecideBatch(NeedPage):
    """The ticked rows of the queue: verified or returned at once, or such a decision undone."""

    def post(self, request: HttpRequest) -> HttpResponse:
        """Decide on what may be decided on and say of each other why not."""
        queue = reverse("portal:department_needs")
        form = BatchForm(request.POST)
        if not form.is_valid():
            return self.act(lambda: None, to=self._say(form, queue))
        asked = form.cleaned_data
        return self.act(lambda: self._decide(**asked), to=queue)

    def _decide(self, *, act: str, ticked: dict[str, int], reason: str) -> None:
        needs = self.needs().filter(public_id__in=[key for key in ticked if _is_id(key)])
        told: dict[str, Any] = {
            "actor": self.actor,
            "needs": [
                (need, ticked[str(need.public_id)]) for need in needs.order_by("submitted_at", "pk")
            ],
            "now": self.now,
        }
        match act:
            case "return":
                self._tell(return_needs(**told, reason=reason), "退回")
            case "undo":
                self._tell(undo_decisions(**told), "撤销")
            case _:
                self._tell(verify_needs(**told), "核验")

    def _say(self, form: BatchForm, address: str) -> str:
        for problem in form.errors.values():
            for error in problem:
                messages.error(self.request, error)
        return address

    def _tell(self, done: DecidedBatch, verb: str) -> None:
        if done.decided:
            codes = "、".join(need.code for need in done.decided)
            messages.success(self.request, f"已{verb} {len(done.decided)} 项：{codes}。")
        for reason, codes in done.refused_by_reason().items():
            messages.warning(
                self.request, f"{len(codes)} 项未{verb}（{'、'.join(codes)}）：{reason}"
            )


def _is_id(key: str) -> bool:
    try:
        UUID(key)
    except ValueError:
        return False
    return True


class NeedDetail(NeedPage):
    """One need: what the firm says, who recommends it, what suits it, where it stands."""

    template_name = "portal/department/need.html"

    def get(self, request: HttpRequest, need_id: UUID) -> HttpResponse:
        """Show the need with its current matches."""
        need = self.find(self.needs().with_named_institutions(), need_id)
        found = describe_need(
            catalogues.current(),
            need.pk,
            parts=list(Part),
            as_of=self.actor.today,
            top=_SHOWN_MATCHES,
            with_scores=True,
        )
        route = route_of(need.firm.organization.region_code)
        waits = need.status == NeedStatus.SUBMITTED and self.actor.has(Permission.NEED_VERIFY)
        return self.show(
            title=f"需求 {need.code}",
            need=need,
            firm=need.firm,
            found=found,
            progress=describe_progress(need=need, actor=self.actor, now=self.now),
            recommendations=Recommendation.objects.visible_to(self.actor)
            .filter(need=need)
            .for_display(),
            referrals=Referral.objects.visible_to(self.actor).filter(need=need).with_story(),
            waits=waits,
            can_undo=list_undoable(actor=self.actor, now=self.now).filter(pk=need.pk).exists(),
            undo_minutes=UNDO_MINUTES,
            is_direct=self.actor.organization.department_level in route.direct_levels,
        )


class Verify(NeedPage):
    """One need, verified by a press."""

    def post(self, request: HttpRequest, need_id: UUID) -> HttpResponse:
        """Open the need for matching."""
        need = self.find(self.needs(), need_id)
        return self.act(
            lambda: services.verify_need(
                actor=self.actor,
                need=need,
                expected_revision=self.expected_revision(need),
                now=self.now,
            ),
            to=_address(need),
            done=f"需求 {need.code} 已核验，进入匹配。",
        )


class Undo(NeedPage):
    """One's own verification or return, taken back by a press."""

    def post(self, request: HttpRequest, need_id: UUID) -> HttpResponse:
        """Let the need wait again."""
        need = self.find(self.needs(), need_id)
        return self.act(
            lambda: undo_decision(
                actor=self.actor,
                need=need,
                expected_revision=self.expected_revision(need),
                now=self.now,
            ),
            to=_address(need),
            done=f"已撤销，需求 {need.code} 恢复为待核验。",
        )


class Return(AskPage):
    """One need, sent back to its firm with the reason."""

    title = "退回需求"
    word = Permission.NEED_VERIFY
    button = "退回企业"
    tone = "danger"
    done = "已退回企业，企业修改后可重新提交。"

    def load(self, need_id: UUID) -> Need:
        """Return the need."""
        return self.find(Need.objects.visible_to(self.actor).with_firm(), need_id)

    def form(self, subject: Need, data: Any = None) -> NeedReturnForm:
        """Ask for the reason."""
        return NeedReturnForm(data)

    def call(self, subject: Need, values: dict[str, Any]) -> Need:
        """Send the need back."""
        return services.return_need(
            actor=self.actor,
            need=subject,
            expected_revision=self.expected_revision(subject),
            now=self.now,
            **values,
        )

    def back(self, subject: Need) -> str:
        """Lead to the need."""
        return _address(subject)


def _address(need: Need) -> str:
    return reverse("portal:department_needs_detail", args=[need.public_id])
