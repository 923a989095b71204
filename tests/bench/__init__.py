"""The benchmark suite: its statistics, its turns, its proofs and its page. Nothing here is timed."""
