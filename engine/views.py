"""The views of the journal file: the table ``operations`` in the words and amounts of people.

    bills    one row for each operation: amounts as text in major units, outcomes in words
    doubts   what somebody still has to do something about, oldest first
    days     counts and sums by day, terminal, kind, outcome and currency

They are for whoever opens a journal, or better a copy of it, with a database tool; nothing of ours reads them. A day is
one of UTC here, because a file does not know where its shop stands: ``tillproof day`` does. Times stay what they are,
ISO 8601 in UTC, and amounts have a point and no grouping, whatever the language of the machine.
"""

from __future__ import annotations

from collections.abc import Mapping

_SCALES: Mapping[int, str] = {
    1: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    1000: "BHD IQD JOD KWD LYD OMR TND",
    10000: "CLF UYW",
}
"""How many minor units make a major one, where not a hundred do (ISO 4217). A view cannot ask the list; a test does."""

_CASES = "".join(f" WHEN instr('{codes}', currency) THEN {scale}" for scale, codes in _SCALES.items())


def _major(minor: str) -> str:
    """SQL for an amount in major units; nothing where there is no amount."""
    with_point = f"printf('%d.%0*d', {minor} / scale, length(scale) - 1, {minor} % scale)"
    return f"CASE WHEN scale = 1 OR {minor} IS NULL THEN CAST({minor} AS TEXT) ELSE {with_point} END"


def _view(select: str) -> str:
    return select.format(cases=_CASES, amount=_major("amount_minor"), moved=_major("total_minor"), sum=_major("minor"))


VIEWS: Mapping[str, str] = {
    "bills": _view("""
        SELECT opened_at AS opened, reference, kind, terminal, at_table, {amount} AS amount, currency,
            replace(outcome, '_', ' ') AS outcome, {moved} AS moved, receipt_number AS receipt,
            replace(evidence, '_', ' ') AS evidence, alarm, updated_at AS updated, operation_id
        FROM (SELECT *, CASE{cases} ELSE 100 END AS scale FROM operations) ORDER BY seq"""),
    "doubts": _view("""
        SELECT opened_at AS since, reference, kind, terminal, {amount} AS amount, currency,
            CASE WHEN alarm IS NOT NULL THEN 'a person must look into the alarm'
                WHEN state = 'escalated' THEN 'a person must rule'
                ELSE 'tillproof recover' END AS remedy,
            alarm, operation_id
        FROM (SELECT *, CASE{cases} ELSE 100 END AS scale FROM operations) WHERE unsettled = 1 ORDER BY opened_at"""),
    "days": _view("""
        SELECT day, terminal, kind, replace(outcome, '_', ' ') AS outcome, currency, operations, {sum} AS amount
        FROM (SELECT substr(opened_at, 1, 10) AS day, terminal, kind, outcome, currency, scale, count(*) AS operations,
                sum(CASE WHEN outcome = 'approved' THEN coalesce(total_minor, amount_minor) ELSE amount_minor END)
                    AS minor
            FROM (SELECT *, CASE{cases} ELSE 100 END AS scale FROM operations) GROUP BY 1, 2, 3, 4, 5)"""),
}
"""Each by its name. One that is changed is made anew in every journal that is opened for writing."""
