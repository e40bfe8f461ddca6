"""What a machine has to have for some of these tests."""

from tests.civicfund.pooler import PROGRAM

# Not everybody has a pooler; what it needs of the platform is tested without one too.
collect_ignore = [] if PROGRAM else ["test_pgbouncer.py"]
