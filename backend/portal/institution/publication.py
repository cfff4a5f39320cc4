"""Publishing a product: what would change first, then the declaration."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import SimpleLazyObject

from backend.catalogue import services
from backend.catalogue.conditions import complete_undisclosed
from backend.catalogue.content import content_of, differences
from backend.catalogue.models import Product
from backend.catalogue.selectors import ShownProduct
from backend.matches.product_inquiries import explore_product
from backend.organizations.permissions import Permission
from backend.portal.institution.product_forms import PublishForm
from backend.portal.institution.products import ProductPage, address_of
from backend.portal.product_text import changes_of
from matching.vocabulary import CRITERIA


class PublishProduct(ProductPage):
    """What publishing the draft would change, and the press that does it."""

    word = Permission.PRODUCT_PUBLISH
    template_name = "portal/institution/product_publish.html"

    def get(self, request: HttpRequest, product_id: UUID) -> HttpResponse:
        """Show differences, the needs gained and lost, and the declaration."""
        shown = self.find_shown(product_id)
        if shown.draft is None:
            messages.info(request, "没有待发布的修改；请先修改产品。")
            return redirect(address_of(shown.product))
        return self.show(form=PublishForm(), **self._context(shown))

    def post(self, request: HttpRequest, product_id: UUID) -> HttpResponse:
        """Put the draft in force."""
        shown = self.find_shown(product_id)
        form = PublishForm(request.POST)

        def publish() -> Product:
            return services.publish_product(
                actor=self.actor,
                product=shown.product,
                no_tie_in=form.cleaned_data["no_tie_in"],
                expected_revision=self.expected_revision(shown.product),
                now=self.now,
            )

        return self.submit(
            form,
            publish,
            to=address_of,
            done="已发布，立即参与比对；科技管理部门会看到新增匹配的需求。",
            **self._context(shown),
        )

    def _context(self, shown: ShownProduct) -> dict[str, Any]:
        """Work out what the draft would change; nothing is changed by it."""
        draft = shown.draft
        after = {**content_of(draft)}
        after["undisclosed"] = complete_undisclosed(after) if draft is not None else []
        return {
            "title": f"发布：{(draft or shown.version).name}",
            "shown": shown,
            # Tried only where the page is shown (again).
            "found": SimpleLazyObject(
                lambda: explore_product(
                    actor=self.actor, product=shown.product, values={}, as_of=self.actor.today
                )
            ),
            "changes": changes_of(differences(content_of(shown.product.current_version), after)),
            "undisclosed": [CRITERIA[code] for code in after["undisclosed"]],
        }
