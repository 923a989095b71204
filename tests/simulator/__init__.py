"""The simulator, held to `protocol.md`: a simulator that is wrong makes every other test worthless."""
