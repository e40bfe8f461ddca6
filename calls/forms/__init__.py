"""Forms about calls; they turn input into a service's arguments and do not save."""

from calls.forms.application import StartForm
from calls.forms.attachment import AttachmentForm, LetterForm, LetterUploadForm, UploadForm
from calls.forms.declarations import DeclarationsForm
from calls.forms.eligibility import EligibilityForm
from calls.forms.example import ExampleForm
from calls.forms.fields import BoroughField, EuroField
from calls.forms.partner import PartnerAnswerForm, PartnerForm
from calls.forms.question import QuestionForm
from calls.forms.rows import BudgetForm, TimelineForm
from calls.forms.steps import PlaceForm, ProjectForm, StepForm

#: The form of each step that is written in one.
STEP_FORMS: dict[str, type[StepForm]] = {
    form.key: form for form in (ProjectForm, PlaceForm, TimelineForm, BudgetForm, DeclarationsForm)
}

__all__ = [
    "STEP_FORMS",
    "AttachmentForm",
    "BoroughField",
    "BudgetForm",
    "DeclarationsForm",
    "EligibilityForm",
    "EuroField",
    "LetterForm",
    "LetterUploadForm",
    "PartnerAnswerForm",
    "PartnerForm",
    "ExampleForm",
    "PlaceForm",
    "ProjectForm",
    "QuestionForm",
    "StartForm",
    "StepForm",
    "TimelineForm",
    "UploadForm",
]
