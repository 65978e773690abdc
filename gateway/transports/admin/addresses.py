"""Which view answers at which address. A view is imported when it is first asked for.

All of them, with what they need, would cost 50 ms of every start.
"""

import importlib
from collections.abc import Mapping
from typing import Any, Final

from gateway.transports.admin.administration import Administration

PREFIX: Final = "/__admin"
NOT_FOUND: Final = f"{__package__}.view:NotFoundView"

_OUTSIDE: Final = {"/livez": "probes:LiveView", "/readyz": "probes:ReadyView", "/": "pages:RootView"}
_INSIDE: Final = {
    "": "pages:IndexView",
    "/docs": "pages:DocsView",
    "/openapi.json": "pages:OpenApiView",
    "/health": "probes:HealthView",
    "/participants": "participants:ParticipantsView",
    "/participants/{mnemonic}": "participants:ParticipantView",
    "/participants/{mnemonic}/send": "by_hand:SendView",
    "/participants/{mnemonic}/take": "by_hand:TakeView",
    "/participants/{mnemonic}/ack": "by_hand:AckView",
    "/participants/{mnemonic}/key": "keys:KeyView",
    "/kinds": "kinds:KindsView",
    "/kinds/{agency}/{kind}": "kinds:KindView",
    "/services": "services:ServicesView",
    "/services/{code}": "services:ServiceView",
    "/rules": "rules:RulesView",
    "/cases": "cases:CasesView",
    "/cases/{number}": "cases:CaseView",
    "/cases/{number}/explanation": "cases:CaseExplanationView",
    "/cases/{number}/demands": "cases:DemandsView",
    "/cases/{number}/decisions": "cases:DecisionsView",
    "/cases/{number}/refused-documents": "cases:RefusedDocumentsView",
    "/cases/{number}/inquiries": "cases:InquiriesView",
    "/cases/{number}/documents": "cases:DocumentsView",
    "/cases/{number}/complaints": "cases:ComplaintsView",
    "/cases/{number}/complaints/{id}/answer": "cases:ComplaintAnswerView",
    "/violations": "violations:ViolationsView",
    "/violations/{key}": "violations:ViolationView",
    "/interactions": "interactions:InteractionsView",
    "/interactions/{messageId}": "interactions:InteractionView",
    "/interactions/{messageId}/explanation": "interactions:ExplanationView",
    "/refusals": "interactions:RefusalsView",
    "/explain": "explain:ExplainView",
    "/queues": "queues:QueuesView",
    "/queues/{mnemonic}": "queues:ParticipantQueuesView",
    "/queues/{mnemonic}/{queue}": "queues:QueueView",
    "/journal": "journal:JournalView",
    "/journal/stream": "journal:StreamView",
    "/journal/{seq}": "journal:EntryView",
    "/recording": "recordings:RecordingView",
    "/recording/stream": "recordings:RecordingStreamView",
    "/recording/attachments/{messageId}/{position}": "recordings:RecordingAttachmentView",
    "/recordings": "recordings:RecordingsView",
    "/recordings/{name}": "recordings:LiveRecordingView",
    "/recordings/{name}/stop": "recordings:StopView",
    "/recordings/{name}/file": "recordings:FileView",
    "/recordings/{name}/attachments/{sha256}": "recordings:FileAttachmentView",
    "/wait": "waiting:WaitView",
    "/counts": "waiting:CountsView",
    "/diagram": "diagram:DiagramView",
    "/clock": "clock:ClockView",
    "/clock/freeze": "clock:FreezeView",
    "/clock/advance": "clock:AdvanceView",
    "/clock/scale": "clock:ScaleView",
    "/clock/real": "clock:RealView",
    "/reports/monitoring": "reports:MonitoringView",
    "/reports/once-only": "reports:OnceOnlyView",
    "/namespaces": "namespaces:NamespacesView",
    "/namespaces/{name}": "namespaces:NamespaceView",
    "/faults": "faults:FaultsView",
    "/faults/{name}": "faults:FaultView",
    "/snapshots": "snapshots:SnapshotsView",
    "/snapshots/{name}": "snapshots:SnapshotView",
    "/snapshots/{name}/restore": "snapshots:RestoreView",
    "/reset": "reset:ResetView",
}


def views(administration: Administration) -> dict[str, str]:
    """Return every path with the dotted name of its view."""
    of_agencies: Mapping[str, str] = administration.nodes.admin_routes()
    return {
        **{path: f"{__package__}.{view}" for path, view in _OUTSIDE.items()},
        **{PREFIX + path: f"{__package__}.{view}" for path, view in _INSIDE.items()},
        **{PREFIX + path: dotted for path, dotted in of_agencies.items()},
    }


def load_view(dotted: str) -> Any:
    """Return a view class.

    Raises: TypeError when it is none of ours, and so not guarded as they are.
    """
    from gateway.transports.admin.view import AdminView  # noqa: PLC0415 - see above

    module, _, name = dotted.partition(":")
    view = getattr(importlib.import_module(module), name)
    if not issubclass(view, AdminView):
        raise TypeError(f"{dotted}: expected an AdminView, found {view!r}")
    return view
