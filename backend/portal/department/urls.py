"""Addresses of the pages of a department."""

from django.urls import path

from backend.portal.department import (
    announcements,
    brief,
    catalogue,
    chain,
    coverage,
    escalations,
    figures,
    home,
    imports,
    journal,
    list_acts,
    list_sheets,
    lists,
    matters,
    needs,
    recommendations,
    reports,
    rosters,
    routes,
    runs,
)

_LIST = "lists/<uuid:list_id>/"
_ROW = f"{_LIST}rows/<uuid:row_id>/"
_SHEET = f"{_LIST}sheets/<uuid:sheet_id>/"
_CASE = "escalations/<uuid:escalation_id>/"
_NEWS = "announcements/<uuid:announcement_id>/"
_WORD = "recommendations/<uuid:recommendation_id>/"


def _page(address: str, view: type, name: str):
    return path(address, view.as_view(), name=f"department_{name}")


urlpatterns = [
    path("", home.Home.as_view(), name="department"),
    _page("needs/", needs.Queue, "needs"),
    _page("needs/decide/", needs.DecideBatch, "needs_batch"),
    _page("needs/<uuid:need_id>/", needs.NeedDetail, "needs_detail"),
    _page("needs/<uuid:need_id>/verify/", needs.Verify, "needs_verify"),
    _page("needs/<uuid:need_id>/undo/", needs.Undo, "needs_undo"),
    _page("needs/<uuid:need_id>/return/", needs.Return, "needs_return"),
    _page("recommendations/", recommendations.Recommendations, "recommendations"),
    _page(_WORD, recommendations.Detail, "recommendations_detail"),
    _page(f"{_WORD}verify/", recommendations.Verify, "recommendations_verify"),
    _page(f"{_WORD}return/", recommendations.Return, "recommendations_return"),
    _page("recommendations/routes/", routes.Routes, "recommendations_routes"),
    _page("recommendations/routes/set/", routes.SetRoute, "recommendations_routes_set"),
    _page("recommendations/routes/remove/", routes.RemoveRoute, "recommendations_routes_remove"),
    _page(
        "recommendations/routes/<uuid:unit_id>/agency/",
        routes.SetAgency,
        "recommendations_routes_agency",
    ),
    _page("lists/", lists.Lists, "lists"),
    _page("lists/draft/", lists.Draft, "lists_draft"),
    _page("lists/roster/", rosters.DraftRoster, "lists_roster"),
    _page("lists/chain/", chain.Chain, "lists_chain"),
    _page(_LIST, lists.Detail, "lists_detail"),
    _page(f"{_LIST}preview/", list_sheets.Preview, "lists_preview"),
    _page(f"{_LIST}submit/", list_acts.Submit, "lists_submit"),
    _page(f"{_LIST}approve/", list_acts.Approve, "lists_approve"),
    _page(f"{_LIST}refuse/", list_acts.Refuse, "lists_refuse"),
    _page(f"{_LIST}discard/", list_acts.Discard, "lists_discard"),
    _page(f"{_LIST}send/", list_acts.Send, "lists_send"),
    _page(f"{_LIST}recall/", list_acts.Recall, "lists_recall"),
    _page(f"{_LIST}add/", list_acts.AddRow, "lists_add"),
    _page(f"{_ROW}remove/", list_acts.RemoveRow, "lists_remove"),
    _page(f"{_ROW}product/", list_acts.ChangeProduct, "lists_product"),
    _page(f"{_LIST}firms/add/", rosters.AddFirm, "lists_add_firm"),
    _page(f"{_LIST}firms/<uuid:firm_row_id>/remove/", rosters.RemoveFirm, "lists_remove_firm"),
    _page(_SHEET, list_sheets.SheetDetail, "lists_sheet"),
    _page(f"{_SHEET}workbook/", list_sheets.SheetWorkbook, "lists_workbook"),
    _page("escalations/", escalations.Escalations, "escalations"),
    _page(_CASE, escalations.Detail, "escalations_detail"),
    _page(f"{_CASE}confirm/", escalations.Confirm, "escalations_confirm"),
    _page(f"{_CASE}decline/", escalations.Decline, "escalations_decline"),
    _page("outcomes/", matters.Outcomes, "outcomes"),
    _page(
        "referrals/<uuid:referral_id>/drawdowns/<uuid:drawdown>/reconcile/",
        matters.Reconcile,
        "outcomes_reconcile",
    ),
    _page("matters/", matters.Matters, "matters"),
    _page("matters/<uuid:matter_id>/", matters.AssignMatter, "matters_detail"),
    _page("matters/<uuid:matter_id>/repair/", matters.RepairMatter, "matters_repair"),
    _page("figures/", figures.Dashboard, "figures"),
    _page("figures/rows/", figures.Rows, "figures_rows"),
    _page("figures/mechanism/", figures.MechanismRows, "figures_mechanism"),
    _page("figures/response/", figures.ResponseRows, "figures_response"),
    _page("reports/", reports.Read, "reports"),
    _page("reports/drawn/", reports.Drawn, "reports_drawn"),
    _page("reports/file/", reports.File, "reports_file"),
    _page("runs/", runs.Runs, "runs"),
    _page("runs/start/", runs.Start, "runs_start"),
    _page("runs/<uuid:run_id>/", runs.Detail, "runs_detail"),
    _page("runs/<uuid:run_id>/progress/", runs.Progress, "runs_progress"),
    _page("runs/<uuid:run_id>/cancel/", runs.Cancel, "runs_cancel"),
    _page("coverage/", coverage.Coverage, "coverage"),
    _page("coverage/brief/", brief.Brief, "coverage_brief"),
    _page("products/", catalogue.Products, "products"),
    _page("products/<uuid:product_id>/", catalogue.ProductDetail, "products_detail"),
    _page("announcements/", announcements.Announcements, "announcements"),
    _page("announcements/new/", announcements.New, "announcements_new"),
    _page(f"{_NEWS}edit/", announcements.Edit, "announcements_edit"),
    _page(f"{_NEWS}publish/", announcements.Publish, "announcements_publish"),
    _page(f"{_NEWS}withdraw/", announcements.Withdraw, "announcements_withdraw"),
    _page("import/", imports.Import, "import"),
    _page("journal/", journal.Journal, "journal"),
]
