"""Forms about calls; they turn input into a service's arguments and do not save."""

from calls.forms.application import ApplicationForm
from calls.forms.fields import BoroughField, EuroField
from calls.forms.question import QuestionForm

__all__ = ["ApplicationForm", "BoroughField", "EuroField", "QuestionForm"]
