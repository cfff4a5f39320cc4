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
from backend.needs.batches import VerifiedBatch, verify_needs
from backend.needs.enums import NeedStatus
from backend.needs.models import Need
from backend.needs.routes import route_of
from backend.organizations.permissions import Permission
from backend.portal.department.forms import BatchForm, NeedReturnForm
from backend.portal.department.pages import AskPage, DepartmentPage
from backend.recommendations.models import Recommendation
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
        return {
            "page": self.rows_page(needs.order_by("submitted_at", "pk")),
            "selection": selection,
            "selections": SELECTIONS.items(),
            "wanted": wanted,
            "waiting": Need.objects.visible_to(self.actor).submitted().count(),
            "can_verify": self.actor.has(Permission.NEED_VERIFY),
        }


class VerifyBatch(NeedPage):
    """The ticked rows of the queue, verified at once."""

    def post(self, request: HttpRequest) -> HttpResponse:
        """Verify what may be verified and say of each other why not."""
        queue = reverse("portal:department_needs")
        form = BatchForm(request.POST)
        if not form.is_valid():
            return self.act(lambda: None, to=self._say(form, queue))
        ticked = form.cleaned_data["ticked"]

        def call() -> None:
            needs = {str(need.public_id): need for need in self._ticked(ticked)}
            done = verify_needs(
                actor=self.actor,
                needs=[(need, ticked[key]) for key, need in needs.items()],
                now=self.now,
            )
            self._tell(done)

        return self.act(call, to=queue)

    def _ticked(self, ticked: dict[str, int]) -> QuerySet[Need]:
        keys = [key for key in ticked if _is_id(key)]
        return self.needs().filter(public_id__in=keys).order_by("submitted_at", "pk")

    def _say(self, form: BatchForm, address: str) -> str:
        for error in form.non_field_errors():
            messages.error(self.request, error)
        return address

    def _tell(self, done: VerifiedBatch) -> None:
        if done.verified:
            codes = "、".join(need.code for need in done.verified)
            messages.success(self.request, f"已核验 {len(done.verified)} 项：{codes}。")
        for reason, codes in done.refused_by_reason().items():
            messages.warning(self.request, f"{len(codes)} 项未核验（{'、'.join(codes)}）：{reason}")


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
