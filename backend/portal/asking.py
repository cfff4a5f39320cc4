"""Pages that ask for something about one object and make one call with it."""

from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse

from backend.portal.forms import PlainForm
from backend.portal.pages import Page


class AskPage(Page):
    """A form about one object and the one call that it makes.

    A subclass says how the object is found (``load``), which form asks (``form``), which call
    is made (``call``), and where one goes back to and on to.
    """

    template_name = "portal/layout/ask.html"
    button: ClassVar[str] = "提交"
    tone: ClassVar[str] = "primary"
    lead: ClassVar[str] = ""
    done: ClassVar[str] = ""

    def load(self, **ids: Any) -> Any:
        """Return the object that the address names, from a visible set."""
        raise NotImplementedError

    def form(self, subject: Any, data: Any = None) -> PlainForm:
        """Return the form, with what was entered."""
        raise NotImplementedError

    def call(self, subject: Any, values: dict[str, Any]) -> Any:
        """Make the one call."""
        raise NotImplementedError

    def back(self, subject: Any) -> str:
        """Return the page that led here."""
        raise NotImplementedError

    def onward(self, subject: Any, result: Any) -> str:
        """Return the page that the effect leads to."""
        return self.back(subject)

    def revised(self, subject: Any) -> Any:
        """Return the row of which the form carries the revision."""
        return subject

    def context(self, subject: Any) -> dict[str, Any]:
        """Return what the page shows besides the form."""
        return {
            "subject": subject,
            "revision": getattr(self.revised(subject), "revision", ""),
            "back": self.back(subject),
        }

    def get(self, request: HttpRequest, **ids: Any) -> HttpResponse:
        """Show the form."""
        subject = self.load(**ids)
        return self.show(form=self.form(subject), **self.context(subject))

    def post(self, request: HttpRequest, **ids: Any) -> HttpResponse:
        """Make the call and lead on; refusals return to the form."""
        subject = self.load(**ids)
        form = self.form(subject, request.POST)
        return self.submit(
            form,
            lambda: self.call(subject, dict(form.cleaned_data)),
            to=lambda result: self.onward(subject, result),
            done=self.done,
            **self.context(subject),
        )
