"""The backbone's tables.

Everything per event is append-only; what is updated is per subscriber or per failing key.
"""

from apps.events.models.decisions import Act, DeadLetter, Job
from apps.events.models.delivery import Attempt, Lane, StoredTally, Subscription
from apps.events.models.log import Bridge, Erasure, EventLog, EventStream, Sequencer, Xid8Field

__all__ = [
    "Act",
    "Attempt",
    "Bridge",
    "DeadLetter",
    "Erasure",
    "EventLog",
    "EventStream",
    "Job",
    "Lane",
    "Sequencer",
    "StoredTally",
    "Subscription",
    "Xid8Field",
]
