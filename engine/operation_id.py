"""The operation id: a UUID that nobody else makes, and that sorts after all that were made before it.

The journal looks operations and facts up by it. With ids by chance each new one belongs elsewhere in the index, and
among a million operations an insert took twice as long as among a thousand. Ids that begin with the time all go to the
end, and the millionth takes no longer than the first.

So the first 48 bits are milliseconds since 1970, and 74 of the others are by chance: no two tills make the same one. In
its shape it is a UUID of version 4, because that is what every sample for these terminals shows (``protocol.md``,
*Endpoints*), and nothing says that they take another one. Version 7 has the time in the same place.
"""

from __future__ import annotations

import uuid
from datetime import datetime

_BITS = 0xFFFF_FFFF_FFFF


def new_operation_id(now: datetime) -> str:
    """A new id. Where the clock was set back, it sorts before some of the others, and nothing else comes of it."""
    time_ms = int(now.timestamp() * 1000) & _BITS
    # The digits that tell version and variant stand behind the time.
    return str(uuid.UUID(hex=f"{time_ms:012x}{uuid.uuid4().hex[12:]}"))
