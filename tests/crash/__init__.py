"""Crashes and faults: whatever breaks, the journal ends up saying what the terminals' ledgers know."""
