"""The tests, ordered like the rooms that they test."""
