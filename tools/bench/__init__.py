"""The benchmark suite: how fast it is, compared operation by operation, and with what others offer.

``python -m tools.bench`` (``make bench``) first lets the kernel count who really flushes, then measures each line of
the table of goals, and writes ``docs/benchmarks.json``, the page ``docs/benchmarks.md`` made from it, and the figures.

Whatever is compared is a *contender*, mostly in a process of its own (a *booth*), which carries out one operation when
it is told to and times it by itself. A *measurement* lets its contenders take turns, one operation each, over and over:
on a shared machine the noise between two blocks of operations is ±25 %, between neighbours ±6 %. What needs many
callers at once takes turns in slices of a second or two. The figures are ratios of medians.

It must not know how the journal or the engine work inside: it uses what any program could.

We also considered:

- *pytest-benchmark* or *pyperf*: they measure one thing after the other, and on a shared machine the neighbours decide.
- *All contenders in one process.* Then the threads of one library (DBOS polls) and its garbage cost the others time.
- *The same work for everybody.* A peer is asked for two durable writes an operation, and no more. The engine signs,
  verifies, chains, folds and logs besides; where it is compared as a whole, the page says so.
"""
