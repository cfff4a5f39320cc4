"""Addresses of the pages of a department."""

from django.urls import path

from backend.portal.department import (
    catalogue,
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
    ranking,
    recommendations,
    reports,
    runs,
)

_LIST = "lists/<uuid:list_id>/"
_ROW = f"{_LIST}rows/<uuid:row_id>/"
_SHEET = f"{_LIST}sheets/<uuid:sheet_id>/"
_CASE = "escalations/<uuid:escalation_id>/"
_WORD = "recommendations/<uuid:recommendation_id>/"


def _page(address: str, view: type, name: str):
    return path(address, view.as_view(), name=f"department_{name}")


urlpatterns = [
    path("", home.Home.as_view(), name="department"),
    _page("needs/", needs.Queue, "needs"),
    _page("needs/verify/", needs.VerifyBatch, "needs_batch"),
    _page("needs/<uuid:need_id>/", needs.NeedDetail, "needs_detail"),
    _page("needs/<uuid:need_id>/verify/", needs.Verify, "needs_verify"),
    _page("needs/<uuid:need_id>/return/", needs.Return, "needs_return"),
    _page("recommendations/", recommendations.Recommendations, "recommendations"),
    _page(_WORD, recommendations.Detail, "recommendations_detail"),
    _page(f"{_WORD}verify/", recommendations.Verify, "recommendations_verify"),
    _page(f"{_WORD}return/", recommendations.Return, "recommendations_return"),
    _page("lists/", lists.Lists, "lists"),
    _page("lists/draft/", lists.Draft, "lists_draft"),
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
    _page("figures/response/", figures.ResponseRows, "figures_response"),
    _page("reports/", reports.Read, "reports"),
    _page("reports/file/", reports.File, "reports_file"),
    _page("ranking/", ranking.Ranking, "ranking"),
    _page("ranking/train/", ranking.Train, "ranking_train"),
    _page("ranking/roll-back/", ranking.RollBack, "ranking_roll_back"),
    _page("ranking/<uuid:model_id>/compare/", ranking.Compare, "ranking_compare"),
    _page("ranking/<uuid:model_id>/activate/", ranking.Activate, "ranking_activate"),
    _page("runs/", runs.Runs, "runs"),
    _page("runs/start/", runs.Start, "runs_start"),
    _page("runs/<uuid:run_id>/", runs.Detail, "runs_detail"),
    _page("runs/<uuid:run_id>/progress/", runs.Progress, "runs_progress"),
    _page("runs/<uuid:run_id>/cancel/", runs.Cancel, "runs_cancel"),
    _page("coverage/", coverage.Coverage, "coverage"),
    _page("products/", catalogue.Products, "products"),
    _page("products/<uuid:product_id>/", catalogue.ProductDetail, "products_detail"),
    _page("import/", imports.Import, "import"),
    _page("journal/", journal.Journal, "journal"),
]
