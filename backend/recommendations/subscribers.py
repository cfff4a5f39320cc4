"""What recommendations do when their need goes back to its firm or ends."""

from django.utils import timezone

from backend.journal.models import Event
from backend.needs.enums import NeedStatus
from backend.needs.models import Need
from backend.recommendations.enums import LIVE, RecommendationStatus
from backend.recommendations.models import Recommendation
from backend.recommendations.services.leading import return_with_need, withdraw_with_need

NEED_RETURNED_NOTE = "需求已退回企业修改，请在企业重新提交后核对并再次上报。"
NEED_ENDED_NOTE = "需求已撤回或已过最迟用款日期。"


def follow_need(event: Event) -> None:
    """Send back or end the recommendations under way; harmless when it runs twice."""
    need = Need.objects.filter(public_id=event.subject_id).first()
    if need is None:
        return
    now = timezone.now()
    recommendations = Recommendation.objects.filter(need=need).order_by("pk")
    if need.status in {NeedStatus.WITHDRAWN, NeedStatus.EXPIRED}:
        for recommendation in recommendations.filter(status__in=LIVE):
            withdraw_with_need(recommendation=recommendation, reason=NEED_ENDED_NOTE, now=now)
    elif need.returned_at is not None:
        under_way = recommendations.filter(
            status=RecommendationStatus.SUBMITTED, submitted_at__lte=need.returned_at
        )
        for recommendation in under_way:
            return_with_need(recommendation=recommendation, reason=NEED_RETURNED_NOTE, now=now)
