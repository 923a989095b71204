"""The proof: no crash, no power cut and no network fault charges twice or loses a payment.

``make prove`` runs it, and writes what was counted into ``docs/evidence.md``. Each part is a folder with a face that
gives one ``Part``: a claim, what it takes to try it, and planted faults that the trial must catch. A check that passes
everything proves nothing, so a part whose planted fault slips through is as red as one that found a fault of ours.

The parts stand among the tests and not among the tools, because they reach inside on purpose: to plant a fault, to kill
between two system calls, to put back a disk as a power cut may leave it. What they use of the product is the shipped
code, and the simulated terminals' ledgers are the only judge of what happened to the money.

We also considered pytest with a marker. A test says yes or no; a proof has to say how often it tried, what it would
have caught, and what it could not measure here.
"""
