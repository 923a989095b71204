"""The vendor's protocol: how the terminal port is spoken over the terminal API of Samport (Worldline Nordics).

Everything that depends on the vendor is in this folder, and every assumption about it is a named switch in the
settings. It knows HTTP, hashes and field names; it must not know facts, journals or recovery.
"""

from engine.samport.freshness import Heard
from engine.samport.http_wire import HttpWire
from engine.samport.judgement import judge_answer, judge_order
from engine.samport.masking import mask_card_numbers, mask_escpos
from engine.samport.signing import Trust
from engine.samport.terminal import SamportTerminal
from engine.samport.wire import Exchange, Wire, WireRequest
from engine.samport.wire_log import LoggedWire

__all__ = [
    "Exchange",
    "Heard",
    "HttpWire",
    "LoggedWire",
    "SamportTerminal",
    "Trust",
    "Wire",
    "WireRequest",
    "judge_answer",
    "judge_order",
    "mask_card_numbers",
    "mask_escpos",
]
