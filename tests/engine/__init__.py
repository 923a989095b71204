"""The engine: orders, facts, outcomes, and the vendor's protocol."""
