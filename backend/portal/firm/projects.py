"""The firm's projects in the library that investors read."""

from typing import Any
from uuid import UUID

from django import forms
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from backend.activities.limits import SUMMARY_MAX_LENGTH, TITLE_MAX_LENGTH
from backend.activities.models import Intent, Project
from backend.activities.notice import NOTICE, NOTICE_VERSION
from backend.activities.services import projects
from backend.organizations.permissions import Permission
from backend.portal.firm.pages import FirmPage
from backend.portal.forms import PlainForm

_PAGE_SIZE = 20


class ProjectForm(PlainForm):
    """A project as investors read it, without naming anybody."""

    title = forms.CharField(label="项目名称", max_length=TITLE_MAX_LENGTH)
    summary = forms.CharField(
        label="项目摘要",
        max_length=SUMMARY_MAX_LENGTH,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="技术、产品、市场和团队；请勿写入企业名称和联系方式。",
    )


class NewProjectForm(ProjectForm):
    """A new project on one of the firm's needs."""

    need = forms.ModelChoiceField(
        queryset=None, to_field_name="public_id", label="对应的融资需求", empty_label="请选择"
    )
    field_order = ("need", "title", "summary")


class ProjectPage(FirmPage):
    """A page about the firm's projects."""

    word = Permission.PROJECT_VIEW
    post_word = Permission.PROJECT_EDIT

    def projects(self) -> QuerySet[Project]:
        """Return the firm's projects, the newest first."""
        visible = Project.objects.visible_to(self.actor)
        return visible.with_parties().order_by("-created_at", "-pk")

    def to_projects(self, _: Any = None) -> str:
        """Lead back to the list."""
        return reverse("portal:firm_projects")


class Projects(ProjectPage):
    """The firm's projects and who takes an interest."""

    title = "项目库"
    template_name = "portal/firm/projects.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show one page with the intents that were declared."""
        page = Paginator(self.projects(), _PAGE_SIZE).get_page(request.GET.get("page"))
        intents: dict[int, list[Intent]] = {}
        declared = Intent.objects.visible_to(self.actor).with_story()
        for intent in declared.filter(project__in=[one.pk for one in page]).order_by("pk"):
            intents.setdefault(intent.project_id, []).append(intent)
        return self.show(
            page=page,
            rows=[(one, intents.get(one.pk, [])) for one in page],
            notice=NOTICE,
            notice_version=NOTICE_VERSION,
        )


class NewProject(ProjectPage):
    """A draft that nobody else sees."""

    title = "新建项目"
    template_name = "portal/firm/project_form.html"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show the empty form."""
        return self.show(form=self._form())

    def post(self, request: HttpRequest) -> HttpResponse:
        """Keep the draft."""
        form = self._form(data=request.POST)
        return self.submit(
            form,
            lambda: projects.enter_project(
                actor=self.actor, need=form.cleaned_data["need"], values=form.cleaned_data
            ),
            to=self.to_projects,
            done="已保存。阅读告知书后即可入库。",
        )

    def _form(self, **kwargs: object) -> NewProjectForm:
        form = NewProjectForm(**kwargs)
        form.fields["need"].queryset = self.needs().filter(project__isnull=True).order_by("-pk")
        return form


class EditProject(ProjectPage):
    """Title and summary, changed; what is listed shows the new text at once."""

    title = "修改项目"
    template_name = "portal/firm/project_form.html"

    def get(self, request: HttpRequest, project_id: UUID) -> HttpResponse:
        """Show the form as the project stands."""
        project = self.find(self.projects(), project_id)
        form = ProjectForm(initial={"title": project.title, "summary": project.summary})
        return self.show(form=form, project=project)

    def post(self, request: HttpRequest, project_id: UUID) -> HttpResponse:
        """Keep the changes."""
        project = self.find(self.projects(), project_id)
        form = ProjectForm(request.POST)
        return self.submit(
            form,
            lambda: projects.update_project(
                actor=self.actor,
                project=project,
                changes=form.cleaned_data,
                expected_revision=self.expected_revision(project),
            ),
            to=self.to_projects,
            done="已保存。",
            project=project,
        )


class ListProject(ProjectPage):
    """One press: the firm has read the notice and lets investors read the project."""

    word = Permission.PROJECT_EDIT

    def post(self, request: HttpRequest, project_id: UUID) -> HttpResponse:
        """List it."""
        project = self.find(self.projects(), project_id)
        return self.act(
            lambda: projects.list_project(
                actor=self.actor,
                project=project,
                notice_version=request.POST.get("notice_version", ""),
                expected_revision=self.expected_revision(project),
                now=self.now,
            ),
            to=self.to_projects(),
            done="已入库，投资机构可以看到脱敏信息。",
        )


class TakeDownProject(ProjectPage):
    """One press: out of the library, at once."""

    word = Permission.PROJECT_EDIT

    def post(self, request: HttpRequest, project_id: UUID) -> HttpResponse:
        """Take it down."""
        project = self.find(self.projects(), project_id)
        return self.act(
            lambda: projects.take_down_project(actor=self.actor, project=project, now=self.now),
            to=self.to_projects(),
            done="已撤下，立即生效。",
        )
