"""Tests of the accreditation."""
