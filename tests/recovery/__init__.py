"""Recovery: evidence, decisions, patience."""
