"""The documents: what a reader is told to type is typed here, and prints what it says there."""
