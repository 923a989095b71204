"""The faults, by name: what becomes of one exchange.

Each says whether the terminal hears of the request, and what the till hears. None of them may make the till say
something false.
"""

from __future__ import annotations

import gzip
import json
import re
import threading
from collections.abc import Mapping

from tests.prove.network.proxy import Fault, Traffic

DRIP_S = 0.4
"""A timeout for each receive never ends against one byte every 0.4 s."""
_DRIPS = 12
HUGE = 100 * 1024 * 1024

_OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
_PAGE = b"<!DOCTYPE html><html><body><h1>It works</h1></body></html>"


def _with_body(head: bytes, body: bytes) -> bytes:
    return head + b"Content-Length: %d\r\n\r\n" % len(body) + body


def _parts(reply: bytes) -> tuple[bytes, bytes]:
    head, _, body = reply.partition(b"\r\n\r\n")
    return head, body


def _lied(reply: bytes, length: int) -> bytes:
    """The reply with another length in its head."""
    head, body = _parts(reply)
    return re.sub(rb"(?i)content-length: *\d+", b"Content-Length: %d" % length, head) + b"\r\n\r\n" + body


def _forged(t: Traffic) -> bytes:
    """What somebody would answer who wants the till to believe that it was paid, and has no key."""
    order = {"tillproofOperationId": t.order or ""}
    told = {"transactionOutcome": "Approved", "receiptNumber": "000777", "customData": order}
    return _with_body(_OK, json.dumps(told).encode())


# Not heard by the terminal.


def reset_before(t: Traffic) -> None:
    """RST, and the terminal heard nothing."""
    t.reset()


def lost_before(t: Traffic) -> None:
    """Closed politely, and the terminal heard nothing."""


def hang_before(t: Traffic) -> None:
    """Accepted, and then silence."""
    t.wait_for_till()


def half_request(t: Traffic) -> None:
    """Half of the request reaches the terminal."""
    whole = t.head + t.body
    t.whisper(whole[: len(whole) // 2])


def delivered_late(t: Traffic) -> None:
    """The terminal hears it when the till has long hung up."""

    def later() -> None:
        t.wait(0.8)
        t.carry()

    t.proxy.later.append(threading.Thread(target=later, daemon=True))
    t.proxy.later[-1].start()


def redirect(t: Traffic) -> None:
    """307 to the same place, where it would be taken; it says that it hangs up, so that who follows comes anew."""
    where = f"http://127.0.0.1:{t.proxy.port}{t.path}".encode()
    t.say(_with_body(b"HTTP/1.1 307 Temporary Redirect\r\nConnection: close\r\nLocation: " + where + b"\r\n", b""))


def page_200(t: Traffic) -> None:
    """A web server stands at the address."""
    t.say(_with_body(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n", _PAGE))


def another_program(t: Traffic) -> None:
    """Something that speaks no HTTP."""
    t.say(b"SSH-2.0-dropbear_2022.83\r\n\x00\x01\x02\xff")


def http_0_9(t: Traffic) -> None:
    """A body without a head."""
    t.say(b'{"transactionOutcome":"Approved","receiptNumber":"000777"}\n')


def forged_approval(t: Traffic) -> None:
    """An approval with our id and without a signature, from whoever stands at the address."""
    t.say(_forged(t))


def forged_404(t: Traffic) -> None:
    """An unsigned "not here"."""
    t.say(_with_body(b"HTTP/1.1 404 Not Found\r\n", b"not here"))


def forged_503(t: Traffic) -> None:
    """An unsigned "busy", as load balancers say it."""
    t.say(_with_body(b"HTTP/1.1 503 Service Unavailable\r\n", b"busy"))


def switching(t: Traffic) -> None:
    """101: it wants to speak another protocol."""
    t.say(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n")


def replayed_reply(t: Traffic) -> None:
    """An older true reply of the terminal: to the same question if there was one, or else to another."""
    old = t.proxy.replies.get(t.path) or next(reversed(t.proxy.replies.values()), b"")
    t.say(old)


def two_replies_of_nobody(t: Traffic) -> None:
    """Two replies to one request, neither of the terminal."""
    t.say(_with_body(_OK, b"{}") + _forged(t))


def huge_body(t: Traffic) -> None:
    """A body of 100 MB."""
    t.say(_OK + b"Content-Length: %d\r\n\r\n" % HUGE)
    for _ in range(HUGE // 65536):
        t.say(b"x" * 65536)


def huge_length(t: Traffic) -> None:
    """It promises 99999999999 bytes."""
    t.say(_OK + b"Content-Length: 99999999999\r\n\r\n{")
    t.wait_for_till()


def garbled_chunks(t: Traffic) -> None:
    """Chunks whose lengths are no numbers."""
    t.say(_OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n-5\r\n\x00")


def continue_flood(t: Traffic) -> None:
    """One 100 Continue after another."""
    while not t.proxy.stopped.is_set():
        t.say(b"HTTP/1.1 100 Continue\r\n\r\n" * 64)
        t.wait(0.01)


def endless_headers(t: Traffic) -> None:
    """A head that does not end."""
    t.say(b"HTTP/1.1 200 OK\r\n")
    number = 0
    while not t.proxy.stopped.is_set():
        t.say(b"X-%d: y\r\n" % number)
        number += 1
        t.wait(0.01)


def long_header(t: Traffic) -> None:
    """One header of a megabyte."""
    t.say(b"HTTP/1.1 200 OK\r\nX: " + b"y" * (1 << 20) + b"\r\n\r\n")


def drip_of_nobody(t: Traffic) -> None:
    """One byte every 0.4 s, of a head that would be long."""
    for byte in b"HTTP/1.1 200 OK"[:_DRIPS]:
        t.say(bytes([byte]))
        t.wait(DRIP_S)


# Heard by the terminal, and then spoiled.


def reset_after(t: Traffic) -> None:
    """Processed, and then RST."""
    t.carry()
    t.reset()


def lost_after(t: Traffic) -> None:
    """Processed, and then closed without a word."""
    t.carry()


def hang_after(t: Traffic) -> None:
    """Processed, and then silence."""
    t.carry()
    t.wait_for_till()


def reset_in_headers(t: Traffic) -> None:
    """RST in the middle of the head."""
    t.say(t.carry()[:40])
    t.reset()


def reset_in_body(t: Traffic) -> None:
    """RST in the middle of the body."""
    t.say(t.carry()[:-1])
    t.reset()


def cut_in_headers(t: Traffic) -> None:
    """Closed politely in the head: http.client gives 200 and an empty body."""
    t.say(b"\r\n".join(t.carry().split(b"\r\n")[:2]) + b"\r\n")


def cut_in_body(t: Traffic) -> None:
    """Closed politely in the body."""
    t.say(t.carry()[:-1])


def drip(t: Traffic) -> None:
    """The true reply, one byte every 0.4 s."""
    for byte in t.carry()[:_DRIPS]:
        t.say(bytes([byte]))
        t.wait(DRIP_S)


def header_by_header(t: Traffic) -> None:
    """The true reply, one line of its head every 0.3 s."""
    for line in t.carry().splitlines(keepends=True):
        t.say(line)
        t.wait(0.3)


def length_too_short(t: Traffic) -> None:
    """The length leaves the last byte out."""
    reply = t.carry()
    t.say(_lied(reply, max(0, len(_parts(reply)[1]) - 1)))


def length_too_long(t: Traffic) -> None:
    """The length promises bytes that never come."""
    reply = t.carry()
    t.say(_lied(reply, len(_parts(reply)[1]) + 10))
    t.wait_for_till()


def wrong_hash(t: Traffic) -> None:
    """One character of the signature is another."""
    reply = t.carry()
    t.say(re.sub(rb"(?i)(server-authorization: .*)[A-Za-z0-9+/](=\r)", rb"\1!\2", reply))


def no_hash(t: Traffic) -> None:
    """The signature is missing."""
    t.say(re.sub(rb"(?i)server-authorization: [^\r]*\r\n", b"", t.carry()))


def changed_body(t: Traffic) -> None:
    """The signature is right for another body."""
    head, body = _parts(t.carry())
    t.say(head + b"\r\n\r\n" + body.replace(b"Approved", b"Declined").replace(b'"', b"'", 1))


def packed(t: Traffic) -> None:
    """The body came packed, though nobody asked for it."""
    head, body = _parts(t.carry())
    head = re.sub(rb"(?i)content-length: *\d+\r\n", b"", head + b"\r\n")
    t.say(_with_body(head + b"Content-Encoding: gzip\r\n", gzip.compress(body)))


def page_500(t: Traffic) -> None:
    """Processed, and then an HTML page that says 500."""
    t.carry()
    t.say(_with_body(b"HTTP/1.1 500 Internal Server Error\r\nContent-Type: text/html\r\n", _PAGE))


def delivered_twice(t: Traffic) -> None:
    """The terminal hears two copies, and the till what the second one is told."""
    t.carry()
    t.say(t.carry())


def true_reply_and_another(t: Traffic) -> None:
    """The true reply, and a forged one right behind it on the same connection."""
    t.say(t.carry() + _forged(t))
    t.wait_for_till()


def reply_to_another(t: Traffic) -> None:
    """The true reply to somebody else's question."""
    t.carry()
    t.say(next(iter(t.proxy.replies.values()), b""))


# The terminal itself, and what stands in its place.


def gone(t: Traffic) -> None:
    """From now on nobody listens at the address, and every connection is cut."""
    t.reset()
    t.proxy.refuse()


def another_terminal(t: Traffic) -> None:
    """Another terminal has the address now, with another secret key."""
    t.say(t.carry(t.proxy.other_port))


def rebooted_after(t: Traffic) -> None:
    """Processed; then the terminal restarts and has forgotten it."""
    t.carry()
    t.proxy.beside("reboot")
    t.reset()


def rebooted_during(t: Traffic) -> None:
    """The terminal restarts while it works on the request."""
    t.whisper(t.head + t.body)
    t.proxy.beside("reboot")
    t.reset()


def neighbour_in_the_slot(t: Traffic) -> None:
    """Processed; then another till's operation takes the memory."""
    t.carry()
    t.proxy.beside("foreign")


FORGETFUL = frozenset({"rebooted_after", "rebooted_during", "neighbour_in_the_slot"})
"""After these the terminal cannot tell any more, and a person may have to."""

FAULTS: Mapping[str, Fault] = {
    fault.__name__: fault
    for fault in (
        reset_before,
        lost_before,
        hang_before,
        half_request,
        delivered_late,
        redirect,
        page_200,
        another_program,
        http_0_9,
        forged_approval,
        forged_404,
        forged_503,
        switching,
        replayed_reply,
        two_replies_of_nobody,
        huge_body,
        huge_length,
        garbled_chunks,
        continue_flood,
        endless_headers,
        long_header,
        drip_of_nobody,
        reset_after,
        lost_after,
        hang_after,
        reset_in_headers,
        reset_in_body,
        cut_in_headers,
        cut_in_body,
        drip,
        header_by_header,
        length_too_short,
        length_too_long,
        wrong_hash,
        no_hash,
        changed_body,
        packed,
        page_500,
        delivered_twice,
        true_reply_and_another,
        reply_to_another,
        gone,
        another_terminal,
        rebooted_after,
        rebooted_during,
        neighbour_in_the_slot,
    )
}
