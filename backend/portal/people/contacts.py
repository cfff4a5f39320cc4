"""Whom the other side of an agreement calls: contacts with their consent, absence and cover."""

from typing import Any, ClassVar
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from backend.organizations.enums import Role
from backend.organizations.lines import at_or_below
from backend.organizations.permissions import Permission
from backend.partners import policies, services
from backend.partners.models import Contact
from backend.partners.notice import NOTICE, NOTICE_VERSION
from backend.portal.pages import Page
from backend.portal.people.forms import AgreeForm, ContactForm

_PAGE_SIZE = 50


class ContactPage(Page):
    """A page about the contacts of the own unit and of those below it."""

    roles: ClassVar[frozenset[Role]] = frozenset({Role.INSTITUTION, Role.DEPARTMENT})

    word = Permission.CONTACT_VIEW

    def contacts(self) -> QuerySet[Contact]:
        """Return the own side's contacts."""
        visible = Contact.objects.visible_to(self.actor)
        side = self.actor.organization
        own = (
            visible.filter(at_or_below(side, path="organization"))
            if self.actor.is_institution
            else visible.filter(organization=side)
        )
        return own.select_related("organization__parent__parent__parent", "user", "covered_by")

    def list_address(self, _result: Any = None) -> str:
        """Return where the people are listed."""
        return reverse("portal:people")


class Contacts(ContactPage):
    """The contacts."""

    title = "联系人"
    template_name = "portal/people/contacts.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show a page of contacts, with who is away today and who covers."""
        rows = self.contacts().order_by("-is_active", "organization", "pk")
        page = Paginator(rows, _PAGE_SIZE).get_page(request.GET.get("page"))
        agreeing, withdrawing = policies.list_consent_rights(self.actor, list(page))
        return self.show(
            page=page,
            rows=[
                {
                    "contact": one,
                    "is_absent": one.is_absent(self.actor.today),
                    "may_agree": one.is_active and not one.is_nameable and one.pk in agreeing,
                    "may_withdraw": one.is_nameable and one.pk in withdrawing,
                }
                for one in page
            ],
            may_edit=self.actor.has(Permission.CONTACT_EDIT),
        )


class NewContact(ContactPage):
    """A contact of the own unit; not named to others before they agree."""

    title = "登记联系人"
    word = Permission.CONTACT_EDIT
    template_name = "portal/people/contact_form.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the empty form."""
        return self.show(form=self._form())

    def post(self, request: HttpRequest) -> HttpResponse:
        """Enter the contact."""
        form = self._form(request.POST)

        def create() -> Contact:
            return services.create_contact(
                actor=self.actor, organization=self.actor.organization, values=form.values()
            )

        done = "已登记；本人同意以后才向协议对方显示。"
        return self.submit(form, create, to=self.list_address, done=done)

    def _form(self, data: Any = None) -> ContactForm:
        return ContactForm(data, organization=self.actor.organization, others=self.contacts())


class EditContact(ContactPage):
    """A contact, their absence and who covers it."""

    word = Permission.CONTACT_EDIT
    template_name = "portal/people/contact_form.html"

    def get(self, request: HttpRequest, contact_id: UUID) -> HttpResponse:
        """Show the form as the contact stands."""
        contact = self.find(self.contacts(), contact_id)
        return self.show(form=self._form(contact), **self._context(contact))

    def post(self, request: HttpRequest, contact_id: UUID) -> HttpResponse:
        """Keep the changes."""
        contact = self.find(self.contacts(), contact_id)
        form = self._form(contact, request.POST)

        def update() -> Contact:
            return services.update_contact(
                actor=self.actor,
                contact=contact,
                changes=form.values(),
                expected_revision=self.expected_revision(contact),
            )

        return self.submit(
            form, update, to=self.list_address, done="已保存。", **self._context(contact)
        )

    def _form(self, contact: Contact, data: Any = None) -> ContactForm:
        return ContactForm(
            data,
            organization=contact.organization,
            others=self.contacts().exclude(pk=contact.pk),
            contact=contact,
        )

    def _context(self, contact: Contact) -> dict[str, Any]:
        return {"title": f"修改联系人：{contact.name}", "contact": contact}


class AgreeContact(ContactPage):
    """The person's own consent to be named, after the notice."""

    title = "同意公开联系方式"
    template_name = "portal/people/contact_agree.html"

    def get(self, request: HttpRequest, contact_id: UUID) -> HttpResponse:
        """Show the notice."""
        contact = self.find(self.contacts(), contact_id)
        return self.show(form=AgreeForm(contact=contact), **self._context(contact))

    def post(self, request: HttpRequest, contact_id: UUID) -> HttpResponse:
        """Note the consent; the wording agreed to is the one that was shown."""
        contact = self.find(self.contacts(), contact_id)
        form = AgreeForm(request.POST, contact=contact)

        def agree() -> Contact:
            return services.agree_to_be_named(
                actor=self.actor,
                contact=contact,
                notice_version=request.POST.get("notice_version", ""),
                evidence=form.cleaned_data.get("evidence", ""),
                now=self.now,
            )

        return self.submit(
            form, agree, to=self.list_address, done="已登记同意。", **self._context(contact)
        )

    def _context(self, contact: Contact) -> dict[str, Any]:
        return {"contact": contact, "notice": NOTICE, "notice_version": NOTICE_VERSION}


class WithdrawContactConsent(ContactPage):
    """Taking the consent to be named back."""

    def post(self, request: HttpRequest, contact_id: UUID) -> HttpResponse:
        """Hold at once."""
        contact = self.find(self.contacts(), contact_id)
        return self.act(
            lambda: services.withdraw_agreement(actor=self.actor, contact=contact, now=self.now),
            to=self.list_address(),
            done="已撤回，立即不再向对方显示。",
        )
