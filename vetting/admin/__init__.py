"""The officers' desk: applications are checked and decided, committees are appointed, judge and close."""

from vetting.admin.application import (
    ApplicationAdmin,
)
from vetting.admin.assignment import (
    AssignmentAdmin,
)
from vetting.admin.committee import (
    CommitteeMemberAdmin,
)
from vetting.admin.eligibility import (
    EligibilityCheckAdmin,
)
from vetting.admin.my_file import (
    MyFileAdmin,
)
from vetting.admin.round import (
    RoundAdmin,
)

__all__ = [
    "ApplicationAdmin",
    "AssignmentAdmin",
    "CommitteeMemberAdmin",
    "EligibilityCheckAdmin",
    "MyFileAdmin",
    "RoundAdmin",
]
