"""Tests of the command line: what it prints, and what its exit codes say."""
