"""Every change to the rows of the vetting happens in a function of this package.

Each function is one sentence of the business: keyword-only arguments, `now` passed in, one transaction, an exception if
it cannot be done.
"""

from vetting.services.decision import (
    CostNotAdmitted,
    ReasonMissing,
    admit_application,
    exclude_application,
)

__all__ = ["CostNotAdmitted", "ReasonMissing", "admit_application", "exclude_application"]
