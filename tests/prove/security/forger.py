"""The forger: a machine on the store's network that hears everything, and has every trick but the secret key."""

from __future__ import annotations

import base64
import hashlib
import hmac
import random
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from engine import Exchange, WireRequest
from tests.prove.security.messages import SECRET, SIGNATURE, Content, digest, ending, genuine, signed, stamp
from tools.simulator import signing

_A_DAY_US = 24 * 3600 * 1_000_000
_KEPT = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What the forger has in hand: the till's request, what he would like it to hear, and the time."""

    request: WireRequest
    content: Content
    now_us: int

    @property
    def at(self) -> str:
        """The stamp that a true reply would bear now."""
        return stamp(self.now_us)

    @property
    def digest(self) -> str:
        """The hash that a true reply would bear now. Of what he makes of it nothing may fit."""
        return digest(self.request, self.content, self.at)

    @property
    def true(self) -> Exchange:
        """What the terminal says to the till at this moment, and the forger catches on its way."""
        return genuine(self.request, self.content, self.now_us)


class Forger:
    """Makes replies that must not be believed. ``heard_us`` is the stamp of the newest reply that the till believed."""

    def __init__(self, dice: random.Random) -> None:
        self.dice = dice
        self.heard_us = 0
        self._kept: defaultdict[tuple[str, str], deque[Exchange]] = defaultdict(lambda: deque(maxlen=_KEPT))

    def overhear(self, request: WireRequest, exchange: Exchange, moment_us: int) -> None:
        """Keep a reply that the till has believed."""
        self._kept[request.method, request.path].append(exchange)
        self.heard_us = moment_us

    def old(self, draft: Draft) -> Exchange:
        """A reply that the till heard before; or, where there is none to this request, one that it never heard."""
        kept = self._kept[draft.request.method, draft.request.path]
        return self.dice.choice(kept) if kept else self.withheld(draft)

    def withheld(self, draft: Draft) -> Exchange:
        """A true reply that was kept from the till until it had heard a newer one."""
        return genuine(draft.request, draft.content, self.heard_us - self.dice.randrange(_A_DAY_US))


def _header(at: str, hashed: str) -> str:
    return signing.header_value(stamp=at, digest=hashed)


def _bit(text: bytes, dice: random.Random) -> bytes:
    place = dice.randrange(len(text) * 8)
    changed = bytearray(text)
    changed[place // 8] ^= 1 << place % 8
    return bytes(changed)


def a_bit_of_the_body(forger: Forger, draft: Draft) -> Exchange:
    """One bit of the body is another, or a byte came to an empty one."""
    body = draft.content.body
    return replace(draft.true, body=_bit(body, forger.dice) if body else forger.dice.randbytes(1))


def a_bit_of_the_header(forger: Forger, draft: Draft) -> Exchange:
    """One bit of scheme, stamp or hash is another."""
    header = _bit(draft.true.headers[SIGNATURE].encode(), forger.dice).decode("latin-1")
    return signed(draft.content, header)


def another_status(forger: Forger, draft: Draft) -> Exchange:
    """The body is true, and the status is another: "busy" where it said "approved"."""
    others = [status for status in (200, 202, 400, 403, 404, 409, 503) if status != draft.content.status]
    return replace(draft.true, status=forger.dice.choice(others))


def another_body(forger: Forger, draft: Draft) -> Exchange:
    """The status is true, and the body is what the forger likes."""
    return replace(draft.true, body=ending(f"forged-{forger.dice.randrange(10**9)}"))


def another_path(forger: Forger, draft: Draft) -> Exchange:
    """A true reply to another question, or to this one in another spelling."""
    path = draft.request.path
    others = [
        f"{path}/",
        path.upper(),
        path[:-1],
        f"{path}?a=1",
        f"/{path}",
        path.replace("a", "%61"),
        "/api/v2/Dialogs/x",
    ]
    others += [other for _, other in forger._kept if other != path]
    at = draft.at
    return signed(draft.content, _header(at, digest(draft.request, draft.content, at, path=forger.dice.choice(others))))


def another_method(forger: Forger, draft: Draft) -> Exchange:
    """A true reply to the same path, asked in another way."""
    others = [method for method in ("GET", "POST", "PUT", "get", "post", "") if method != draft.request.method]
    request = replace(draft.request, method=forger.dice.choice(others))
    return signed(draft.content, _header(draft.at, digest(request, draft.content, draft.at)))


def another_secret(forger: Forger, draft: Draft) -> Exchange:
    """Signed with a guess."""
    guesses = ["", SECRET[:-1], SECRET + "\n", SECRET.upper(), SECRET[::-1], f"{forger.dice.getrandbits(128):x}"]
    hashed = digest(draft.request, draft.content, draft.at, secret=forger.dice.choice(guesses))
    return signed(draft.content, _header(draft.at, hashed))


def no_signature(forger: Forger, draft: Draft) -> Exchange:
    """Nothing, or nearly nothing, where the signature belongs."""
    return signed(draft.content, forger.dice.choice([None, "", " ", signing.SCHEME, f"{signing.SCHEME} {draft.at}"]))


def another_scheme(forger: Forger, draft: Draft) -> Exchange:
    """The right stamp and hash, under a name that promises less."""
    names = [
        "Samport-Keyed-Hash-v2",
        "Samport-Keyed-Hash-v0",
        signing.SCHEME.lower(),
        "Basic",
        "None",
        f"\t{signing.SCHEME}",
    ]
    return signed(draft.content, f"{forger.dice.choice(names)} {draft.at} {draft.digest}")


def a_part_of_the_hash(forger: Forger, draft: Draft) -> Exchange:
    """The beginning of the right hash, or the right hash and something more."""
    hashed = draft.digest
    parts = [hashed[: forger.dice.randrange(1, len(hashed))], hashed.rstrip("="), hashed + "=", f"{hashed} {hashed}"]
    return signed(draft.content, _header(draft.at, forger.dice.choice(parts)))


def the_hash_in_other_letters(forger: Forger, draft: Draft) -> Exchange:
    """The right hash as a careless comparison might read it: other case, other alphabet, other letters of Unicode."""
    hashed = draft.digest
    raw = base64.b64decode(hashed)
    wide = "".join(chr(ord(letter) + 0xFEE0) for letter in hashed)
    spellings = [
        hashed.swapcase(),
        raw.hex(),
        wide,
        wide[:1] + hashed[1:],
        hashed + "\u200b",
        hashed[:20] + "\0" + hashed[20:],
        hashed + "\u00a0",
        hashed[:-2] + "\udce2=",
        hashed.translate({ord("+"): "-", ord("/"): "_", ord("="): "."}),
    ]
    return signed(draft.content, _header(draft.at, forger.dice.choice(spellings)))


def another_way_of_hashing(forger: Forger, draft: Draft) -> Exchange:
    """What a hash of these parts might be as well: HMAC, one secret, other order, a shorter function, no secret."""
    key = SECRET.encode()
    content, request = draft.content, draft.request
    parts = [
        draft.at.encode(),
        request.method.encode(),
        request.path.encode(),
        str(content.status).encode(),
        content.body,
    ]
    text = b"\n".join(parts)
    hashes = [
        hmac.digest(key, text, "sha256"),
        hashlib.sha256(key + b"\n" + text).digest(),
        hashlib.sha256(text + b"\n" + key).digest(),
        hashlib.sha256(b"".join([key, *parts, key])).digest(),
        hashlib.sha256(b"\n".join([key, *reversed(parts), key])).digest(),
        hashlib.sha512(b"\n".join([key, *parts, key])).digest(),
        hashlib.sha256(b"\n".join([key, *parts, key, b""])).digest(),
        hashlib.sha256(text).digest(),
    ]
    return signed(content, _header(draft.at, base64.b64encode(forger.dice.choice(hashes)).decode()))


def our_own_signature(_: Forger, draft: Draft) -> Exchange:
    """The till's own words thrown back at it: the signature of its request."""
    return signed(draft.content, draft.request.headers["Authorization"])


def parts_moved_over_a_line(forger: Forger, draft: Draft) -> Exchange:
    """A true reply whose body was split elsewhere: what was body becomes stamp, and the bytes under the hash stay."""
    request, content = draft.request, draft.content
    inner = f"\n{request.method}\n{request.path}\n{content.status}\n".encode() + content.body
    first = Content(status=200, body=b'{"text":"x"}' + inner)
    path = forger.dice.choice(["/api/v2/Dialogs", request.path])
    hashed = digest(request, first, draft.at, path=path)
    moved = f'{draft.at}\n{request.method}\n{path}\n200\n{{"text":"x"}}'
    return signed(content, _header(moved, hashed))


def another_stamp(forger: Forger, draft: Draft) -> Exchange:
    """A true reply, made younger by hand."""
    later = stamp(draft.now_us + forger.dice.randrange(1, 1000 * _A_DAY_US))
    return signed(draft.content, _header(later, draft.digest))


def a_stamp_that_is_no_time(forger: Forger, draft: Draft) -> Exchange:
    """Signed by the terminal, and nobody can say when."""
    stamps = [
        "x",
        "now",
        "0",
        "9999",
        "2999-13-01T00:00:00Z",
        "2999-01-01",
        "2999-01-01T00:00:00",
        "٢٩٩٩-01-01T00:00:00Z",
    ]
    at = forger.dice.choice(stamps)
    return signed(draft.content, _header(at, digest(draft.request, draft.content, at)))


def an_old_reply(forger: Forger, draft: Draft) -> Exchange:
    """A true reply that the till has heard before, to the very same request."""
    return forger.old(draft)


def a_withheld_reply(forger: Forger, draft: Draft) -> Exchange:
    """A true reply that the till has never heard, and that is older than one which it has."""
    return forger.withheld(draft)


def the_newest_reply_again(forger: Forger, draft: Draft) -> Exchange:
    """A true reply that bears the very stamp of the newest one heard."""
    return genuine(draft.request, draft.content, forger.heard_us)


def somebody_elses_answer(forger: Forger, draft: Draft) -> Exchange:
    """True, new, and about another operation."""
    return genuine(
        draft.request, Content(status=200, body=ending(f"{forger.dice.getrandbits(128):032x}")), draft.now_us
    )


Alteration = Callable[[Forger, Draft], Exchange]

FORGED: tuple[Alteration, ...] = (
    a_bit_of_the_body,
    a_bit_of_the_header,
    another_status,
    another_body,
    another_path,
    another_method,
    another_secret,
    no_signature,
    another_scheme,
    a_part_of_the_hash,
    the_hash_in_other_letters,
    another_way_of_hashing,
    our_own_signature,
    parts_moved_over_a_line,
    another_stamp,
)
"""Those whose hash does not fit, whatever their time."""

OLD: tuple[Alteration, ...] = (an_old_reply, a_withheld_reply, the_newest_reply_again, a_stamp_that_is_no_time)
"""Those whose hash fits, and whose time does not."""

KINDS: Mapping[str, Alteration] = {
    kind.__name__.replace("_", " "): kind for kind in (*FORGED, *OLD, somebody_elses_answer)
}
