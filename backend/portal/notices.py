"""Notifications, for everybody: the inbox, marking as read, and what comes by mail."""

from typing import Any
from uuid import UUID

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.dateparse import parse_datetime

from backend.notifications.enums import MailChoice
from backend.notifications.models import Notification
from backend.notifications.reading import read_all
from backend.notifications.services import marking, preferences
from backend.organizations.permissions import Permission
from backend.portal.forms import PlainForm
from backend.portal.notice_links import page_about
from backend.portal.pages import Page

_PAGE_SIZE = 30


class NoticePage(Page):
    """A page about what the person is told in the place that they act through."""

    word = Permission.NOTIFICATION_VIEW

    def notices(self) -> Any:
        """Return the reader's own, the latest first."""
        return (
            Notification.objects.visible_to(self.actor)
            .select_related("event")
            .order_by("-created_at", "-pk")
        )

    def to_inbox(self) -> str:
        """Lead back to the inbox."""
        return reverse("portal:notices")


class Inbox(NoticePage):
    """Everything that the person was told, the latest first."""

    title = "消息"
    template_name = "portal/notices/inbox.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show one page; texts are put together from what the reader may see now."""
        is_unread_only = request.GET.get("show") == "unread"
        chosen = self.notices().unread() if is_unread_only else self.notices()
        page = Paginator(chosen, _PAGE_SIZE).get_page(request.GET.get("page"))
        texts = read_all(list(page), actor=self.actor, now=self.now)
        return self.show(
            page=page,
            rows=[(one, texts[one.pk]) for one in page],
            is_unread_only=is_unread_only,
            until=self.now,
        )


class OpenNotice(NoticePage):
    """One press: mark as read and go to what it is about."""

    def post(self, request: HttpRequest, notification_id: UUID) -> HttpResponse:
        """Mark it and lead on; where there is no page of it, back to the inbox."""
        notice = self.find(self.notices(), notification_id)
        text = read_all([notice], actor=self.actor, now=self.now)[notice.pk]
        marking.mark_read(notification=notice, now=self.now)
        return redirect(page_about(text, self.actor) or self.to_inbox())


class ReadNotice(NoticePage):
    """One press: mark as read and stay."""

    def post(self, request: HttpRequest, notification_id: UUID) -> HttpResponse:
        """Mark it."""
        notice = self.find(self.notices(), notification_id)
        return self.act(
            lambda: marking.mark_read(notification=notice, now=self.now), to=self.to_inbox()
        )


class ReadAll(NoticePage):
    """One press: mark as read what the page showed; what arrived since stays unread."""

    def post(self, request: HttpRequest) -> HttpResponse:
        """Mark everything up to the moment at which the page was made."""
        until = parse_datetime(request.POST.get("until", "")) or self.now
        return self.act(
            lambda: marking.mark_all_read(actor=self.actor, until=until, now=self.now),
            to=self.to_inbox(),
            done="已全部标为已读。",
        )


class PreferenceForm(PlainForm):
    """What comes by mail, and where to."""

    mail = forms.ChoiceField(label="邮件提醒", choices=MailChoice, widget=forms.RadioSelect)
    email = forms.CharField(
        label="邮箱",
        required=False,
        max_length=preferences.ADDRESS_MAX_LENGTH,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text="不填则不发送任何邮件；消息始终在平台内可见。",
    )


class Preferences(NoticePage):
    """What the person wants by mail."""

    title = "邮件提醒"
    template_name = "portal/notices/preferences.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show what was chosen."""
        chosen = preferences.get_preference(self.actor.user)
        form = PreferenceForm(initial={"mail": chosen.mail, "email": chosen.email})
        return self.show(form=form, required=chosen.required)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Keep the choice."""
        form = PreferenceForm(request.POST)
        return self.submit(
            form,
            lambda: preferences.set_preference(user=self.actor.user, **form.cleaned_data),
            to=lambda _: reverse("portal:notices_preferences"),
            done="已保存。",
            required=preferences.get_preference(self.actor.user).required,
        )
