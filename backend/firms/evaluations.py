"""Recording what third parties found of a firm, and retracting what was recorded by mistake."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from backend.common.errors import NotPermitted, StateConflict
from backend.firms import evaluation_rules, policies
from backend.firms.enums import EvaluationKind, EvaluationSource
from backend.firms.models import Firm, FirmEvaluation
from backend.firms.services import lock_firm
from backend.journal.enums import EventType
from backend.journal.services import record
from backend.organizations.actors import Actor


@transaction.atomic
def record_evaluation(
    *,
    actor: Actor,
    firm: Firm,
    kind: str,
    source: EvaluationSource,
    values: Mapping[str, Any],
    now: datetime,
) -> FirmEvaluation:
    """Note a result of a third party; ``values`` holds the other columns by name.

    Whoever may note a qualification may note an evaluation; what a department or an evaluator
    handed in, a department's officer records. Raises InvalidInput with every wrong field,
    NotPermitted, and StateConflict where the same result stands already.
    """
    firm = lock_firm(firm)
    _require_can_record(actor, firm, source)
    evaluation_rules.check_evaluation(kind, source, values, today=actor.today)
    row = FirmEvaluation(
        firm=firm,
        kind=EvaluationKind(kind),
        source=source,
        recorded_by=actor.user,
        recorded_at=now,
        **values,
    )
    standing = firm.evaluations.filter(
        kind=row.kind,
        evaluator=row.evaluator,
        evaluated_on=row.evaluated_on,
        document_number=row.document_number,
        retracted_at__isnull=True,
    )
    if standing.exists():
        raise StateConflict(
            "evaluation_exists",
            "同一评价机构同日同编号的该项评价已登记；如登记有误，请先撤销原记录。",
        )
    row.save(force_insert=True)
    record(
        EventType.EVALUATION_RECORDED,
        subject=firm,
        actor=actor,
        payload={"evaluation": str(row.public_id), "kind": row.kind, "source": source.value},
    )
    return row


@transaction.atomic
def retract_evaluation(
    *, actor: Actor, evaluation: FirmEvaluation, reason: str, now: datetime
) -> FirmEvaluation:
    """Say that an evaluation was recorded by mistake, and why; the row stays.

    What a department recorded only a department retracts. Retracting once more is refused.
    """
    firm = lock_firm(evaluation.firm)
    _require_can_record(actor, firm, EvaluationSource(evaluation.source))
    evaluation_rules.check_reason(reason)
    row = FirmEvaluation.objects.select_for_update().get(pk=evaluation.pk)
    if row.is_retracted:
        raise StateConflict("already_retracted", "该项评价已撤销。")
    row.retracted_by, row.retracted_at, row.retracted_reason = actor.user, now, reason.strip()
    row.save(update_fields=["retracted_by", "retracted_at", "retracted_reason", "updated_at"])
    record(
        EventType.EVALUATION_RETRACTED,
        subject=firm,
        actor=actor,
        payload={"evaluation": str(row.public_id), "kind": row.kind},
    )
    return row


def may_retract(actor: Actor, evaluation: FirmEvaluation) -> bool:
    """Tell whether the page offers the retraction."""
    return not evaluation.is_retracted and (
        actor.is_department or evaluation.source == EvaluationSource.FIRM
    )


def _require_can_record(actor: Actor, firm: Firm, source: EvaluationSource) -> None:
    policies.require_can_edit(actor, firm)
    if source is not EvaluationSource.FIRM and not actor.is_department:
        raise NotPermitted(
            "source_not_permitted",
            f"来源为“{source.label}”的评价只能由科技管理部门登记和撤销；"
            f"企业登记请用“{EvaluationSource.FIRM.label}”。",
        )
