"""Consents of a need: given in one form, taken back by one press; and who saw what."""

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from backend.catalogue.selectors import list_offering_institutions
from backend.consents import selectors, services
from backend.consents.enums import Direction, FieldGroup
from backend.consents.models import Consent, Disclosure
from backend.consents.services.granting import default_end
from backend.consents.texts import list_texts_in_force
from backend.needs.models import Need
from backend.organizations.permissions import Permission
from backend.portal.firm.forms import GrantForm, preferred_by
from backend.portal.firm.pages import FirmPage
from backend.referrals.models import Referral

_PAGE_SIZE = 10
_SHOWN_AT_ONCE = 50
_USUAL = [group.value for group in FieldGroup if group is not FieldGroup.CONTACT]


class Consents(FirmPage):
    """What stands for one need, and the form for more."""

    word = Permission.CONSENT_VIEW
    post_word = Permission.CONSENT_GRANT
    template_name = "portal/firm/consents.html"

    def get(self, request: HttpRequest, need_id: UUID) -> HttpResponse:
        """Show what stands; the form proposes the institutions that the need prefers."""
        need = self.find(self.needs(), need_id)
        missing = selectors.list_missing(need, day=self.actor.today)
        form = self._form(
            need,
            initial={
                "institutions": [one.institution.code for one in missing],
                "to_institution": _USUAL,
                "to_department": _USUAL,
                "expires_on": default_end(self.actor.today),
            },
        )
        return self.show(form=form, **self._context(need))

    def post(self, request: HttpRequest, need_id: UUID) -> HttpResponse:
        """Consent, for all chosen institutions and both directions together."""
        need = self.find(self.needs(), need_id)
        form = self._form(need, data=request.POST)
        versions = {
            direction.value: request.POST.get(f"text_{direction.value}", "")
            for direction in Direction
        }

        def grant() -> Need:
            for terms in form.terms(versions):
                services.grant_consents(
                    actor=self.actor,
                    need=need,
                    institutions=selectors.find_institutions(form.cleaned_data["institutions"]),
                    terms=terms,
                    now=self.now,
                )
            return need

        return self.submit(
            form,
            grant,
            to=lambda _: reverse("portal:firm_consents", args=[need_id]),
            done="授权已生效，可随时撤回。",
            **self._context(need),
        )

    def _form(self, need: Need, **kwargs: Any) -> GrantForm:
        """Return the form, those institutions first that the need names or went to."""
        choices = dict([*self._near(need), *list_offering_institutions(self.actor)])
        return GrantForm(institutions=list(choices.items()), **kwargs)

    def _near(self, need: Need) -> list[tuple[str, str]]:
        sent = Referral.objects.visible_to(self.actor).filter(need=need).order_by("pk")
        addressed = sent.values_list("institution__code", "institution__name")
        return list(dict([*preferred_by(need), *addressed]).items())

    def _context(self, need: Need) -> dict[str, object]:
        standing = Consent.objects.visible_to(self.actor).with_parties().filter(need=need)
        page = Paginator(standing.order_by("-granted_at", "-pk"), _PAGE_SIZE).get_page(
            self.request.GET.get("page")
        )
        return {
            "title": f"授权 {need.code}",
            "need": need,
            "page": page,
            "consents": [(consent, consent.is_live(self.actor.today)) for consent in page],
            "near": len(self._near(need)),
            "texts": sorted(
                list_texts_in_force(self.actor.today),
                key=lambda text: list(Direction).index(Direction(text.direction)),
            ),
        }


class WithdrawConsent(FirmPage):
    """Taking a consent back, at once."""

    word = Permission.CONSENT_GRANT

    def post(self, request: HttpRequest, consent_id: UUID) -> HttpResponse:
        """Take the consent back."""
        consent = self.find(Consent.objects.visible_to(self.actor).with_parties(), consent_id)
        return self.act(
            lambda: services.withdraw_consent(actor=self.actor, consent=consent, now=self.now),
            to=reverse("portal:firm_consents", args=[consent.need.public_id]),
            done="授权已撤回，立即生效。",
        )


class Disclosures(FirmPage):
    """Who was shown which field of the firm, when."""

    title = "谁看过我的信息"
    word = Permission.DISCLOSURE_VIEW
    template_name = "portal/firm/disclosures.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """List what was shown, the latest first."""
        shown = Disclosure.objects.visible_to(self.actor).with_parties()
        page = Paginator(shown.order_by("-shown_at", "-pk"), _SHOWN_AT_ONCE).get_page(
            request.GET.get("page")
        )
        return self.show(page=page)
