from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _


class Rounding(models.TextChoices):
    HUNDREDTHS = "hundredths", _("to the hundredth, half up")
    HUNDREDTHS_DOWN = "hundredths_down", _("to the hundredth, cut off")
    TENTHS = "tenths", _("to the tenth, half up")
    WHOLE = "whole", _("to the whole point, half up")


class TieRule(models.TextChoices):
    FIRST_CRITERION = "first_criterion", _("more points in the first criterion")
    EARLIER = "earlier", _("handed in earlier")
    CHEAPER = "cheaper", _("lower cost")
    DRAW = "draw", _("a public draw")


class FundFill(models.TextChoices):
    #: Nobody further down is preferred because the project is smaller.
    IN_ORDER = "in_order", _("in order, up to the first grant that the fund does not cover")
    SKIP = "skip", _("in order, passing over a grant that the fund does not cover")
    #: The order of reaching the threshold shares out the fund later.
    ALL = "all", _("every project that passes may collect")


def usual_tie_rules() -> list[str]:
    """Return the tie rules a call starts from."""
    return [TieRule.FIRST_CRITERION, TieRule.EARLIER]


class MeritRules(models.Model):
    """How a call checks applications and makes a ranking of points. Source: L. 241/1990 art. 12, published beforehand."""

    check_days = models.PositiveSmallIntegerField(_("days for the formal check"), default=30)
    integration_days = models.PositiveSmallIntegerField(_("days to answer the office"), default=10)
    pass_mark = models.PositiveSmallIntegerField(_("pass mark (points)"), default=60)
    ranking_rounding = models.CharField(
        _("rounding of the scores"), max_length=15, choices=Rounding, default=Rounding.HUNDREDTHS
    )
    tie_rules = ArrayField(
        models.CharField(max_length=15, choices=TieRule),
        verbose_name=_("what parts equal scores, in this order"),
        default=usual_tie_rules,
    )
    fund_fill = models.CharField(
        _("how the fund is given out down the ranking"),
        max_length=10,
        choices=FundFill,
        default=FundFill.IN_ORDER,
    )
    has_reserve_list = models.BooleanField(
        _("projects that pass without money wait on a reserve list"), default=True
    )
    review_days = models.PositiveSmallIntegerField(
        _("days to ask for a review of the provisional ranking"),
        default=10,
        validators=[MaxValueValidator(60)],
    )

    class Meta:
        abstract = True

    @property
    def tie_rule_names(self) -> list[str]:
        """Return what parts equal scores, in words."""
        return [str(TieRule(rule).label) for rule in self.tie_rules]
