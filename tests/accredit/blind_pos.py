"""A POS as one must not write it: it believes whatever says Approved, tries again at anything else, and asks nothing.

python blind_pos.py URL KIND AMOUNT CURRENCY; keys out of the same variables as the simulator's.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import sys
from datetime import UTC, datetime
from http import HTTPStatus
from urllib.parse import urlsplit

import requests

_TRIES = 8


def _order(url: str, kind: str, amount: str, currency: str) -> bool:
    """Whether the reply says that it is approved; its hash is not looked at."""
    body = b"{}"
    if kind == "payment":
        base = round(float(amount) * 100)
        body = json.dumps({"amounts": {"base": base, "currencySymbol": currency}}).encode()
    url = f"{url}/{kind.capitalize()}s"
    stamp = datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    secret = os.environ["SHOP_SECRET_KEY"]
    signed = f"{secret}\n{stamp}\nPOST\n{urlsplit(url).path}\n{body.decode()}\n{secret}"
    digest = base64.b64encode(hashlib.sha256(signed.encode()).digest()).decode()
    headers = {
        "Integration-Key": os.environ["SHOP_INTEGRATION_KEY"],
        "Authorization": f"Samport-Keyed-Hash-v1 {stamp} {digest}",
        "Content-Type": "application/json",
    }
    reply = requests.post(url, data=body, headers=headers, timeout=20)
    return reply.status_code == HTTPStatus.OK and str(reply.json()["transactionOutcome"]) == "Approved"


def _pay(url: str, kind: str, amount: str, currency: str) -> bool:
    for _ in range(_TRIES):
        try:
            if _order(url, kind, amount, currency):
                return True
        except (requests.RequestException, KeyError, ValueError):
            continue
    return False


if __name__ == "__main__":
    sys.exit(0 if _pay(*sys.argv[1:]) else 1)
