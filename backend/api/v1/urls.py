"""The addresses of version 1; each resource registers its own."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from backend.api.documentation import DocumentationView, SchemaView
from backend.api.v1.activities import urls as activities
from backend.api.v1.aggregates import urls as aggregates
from backend.api.v1.agreements import urls as agreements
from backend.api.v1.announcements import urls as announcements
from backend.api.v1.audit_events import urls as audit_events
from backend.api.v1.consents import urls as consents
from backend.api.v1.contacts import urls as contacts
from backend.api.v1.data_requests import urls as data_requests
from backend.api.v1.deliveries import urls as deliveries
from backend.api.v1.disclosures import urls as disclosures
from backend.api.v1.endorsements import urls as endorsements
from backend.api.v1.escalations import urls as escalations
from backend.api.v1.firms import urls as firms
from backend.api.v1.indicators import urls as indicators
from backend.api.v1.intents import urls as intents
from backend.api.v1.keys import urls as keys
from backend.api.v1.match_runs import urls as match_runs
from backend.api.v1.matters import urls as matters
from backend.api.v1.me.views import MeView
from backend.api.v1.memberships import urls as memberships
from backend.api.v1.models import urls as models
from backend.api.v1.needs import urls as needs
from backend.api.v1.notifications import urls as notifications
from backend.api.v1.notifications.preferences import PreferenceView
from backend.api.v1.organizations import urls as organizations
from backend.api.v1.participants import urls as participants
from backend.api.v1.past_results import urls as past_results
from backend.api.v1.policies import urls as policies
from backend.api.v1.products import urls as products
from backend.api.v1.projects import urls as projects
from backend.api.v1.recommendations import urls as recommendations
from backend.api.v1.reference import urls as reference
from backend.api.v1.referral_lists import urls as referral_lists
from backend.api.v1.referrals import urls as referrals
from backend.api.v1.reports import urls as reports
from backend.api.v1.roster_consents import urls as roster_consents
from backend.api.v1.rosters import urls as rosters
from backend.api.v1.session.views import SessionView
from backend.api.v1.sheets import urls as sheets
from backend.api.v1.tenants import urls as tenants
from backend.api.v1.webhook_endpoints import urls as webhook_endpoints

router = SimpleRouter(use_regex_path=False)
for resource in (
    needs,  # the first is found first, and these are asked for most
    agreements,
    audit_events,
    consents,
    contacts,
    disclosures,
    escalations,
    deliveries,
    firms,
    keys,
    match_runs,
    matters,
    memberships,
    notifications,
    organizations,
    policies,
    past_results,
    models,
    products,
    reference,
    referral_lists,
    referrals,
    reports,
    roster_consents,
    rosters,
    sheets,
    webhook_endpoints,
    activities,
    participants,
    projects,
    intents,
    recommendations,
    endorsements,
    tenants,
    aggregates,
    indicators,
    announcements,
    data_requests,
):
    resource.register(router)

urlpatterns = [
    path("schema/", SchemaView.as_view(), name="schema"),
    path("docs/", DocumentationView.as_view(url_name="schema"), name="docs"),
    path("session/", SessionView.as_view(), name="session"),
    path("me/", MeView.as_view(), name="me"),
    path("me/notification-preferences/", PreferenceView.as_view(), name="notification-preferences"),
    *router.urls,
]
