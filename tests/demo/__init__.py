"""The demo: its audit must be able to fail, and a small rush must come through."""
