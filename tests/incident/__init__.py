"""Tests of the bundle and of what is played from it."""
