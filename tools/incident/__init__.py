"""One incident: gathered into a file that may leave the house, and played again from it.

For the technician who has to send the matter to somebody, and for the developer who was not there. This room knows what
belongs to an incident, what must not leave a till, and what a terminal's conduct on the wire means for a simulated one.
It must not decide anything, write into journal or log, or open a till.

We also considered a copy of the whole journal. It is simpler, and tells a stranger everything else that was ever sold.
"""

from tools.incident.archive import NoBundle, read_bundle, write_bundle
from tools.incident.gathering import Gathered, gather, versions
from tools.incident.incident import Ending, Incident, ending_of, read_incident
from tools.incident.replay import Replay, replay_of
from tools.incident.sources import Account, Sources
from tools.incident.steps import Step
from tools.incident.veil import Veil

__all__ = [
    "Account",
    "Ending",
    "Gathered",
    "Incident",
    "NoBundle",
    "Replay",
    "Sources",
    "Step",
    "Veil",
    "ending_of",
    "gather",
    "read_bundle",
    "read_incident",
    "replay_of",
    "versions",
    "write_bundle",
]
