"""Papers of needs, for those who may read them: the firm's people and its department."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header

from backend.needs.models import NeedDocument
from backend.organizations.enums import Role
from backend.organizations.permissions import Permission
from backend.portal.pages import Page


class DocumentContent(Page):
    """One paper, to be kept by the reader; never shown within the platform's own pages."""

    roles = frozenset({Role.FIRM, Role.INCUBATOR, Role.DEPARTMENT})
    word = Permission.NEED_VIEW

    def get(self, request: HttpRequest, document_id: UUID) -> HttpResponse:
        """Send the bytes."""
        document = self.find(NeedDocument.objects.visible_to(self.actor), document_id)
        return HttpResponse(
            bytes(document.content),
            content_type=document.media_type,
            headers={
                "Content-Disposition": content_disposition_header(
                    as_attachment=True, filename=document.name
                ),
                "X-Content-Type-Options": "nosniff",
            },
        )
