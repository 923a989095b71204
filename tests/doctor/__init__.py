"""Tests of the doctor: each check in its good case, and with the fault that it is there for."""
