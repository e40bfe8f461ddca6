from typing import Any, Self

from django.contrib.postgres.search import (
    CombinedSearchVector,
    SearchConfig,
    SearchQuery,
    SearchRank,
    SearchVector,
    SearchVectorField,
)
from django.db import models
from django.db.models import F, Func, TextField, Value
from django.db.models.functions import Cast, Concat

from campaigns.search import tsquery, words_of


class Plain(Func):
    """A text in small letters without accents, as the words of a campaign are kept; migration 0005 declares it."""

    function = "civicfund_plain"
    output_field = TextField()


class SearchableQuerySet(models.QuerySet[Any]):
    """Questions about campaigns in words people type."""

    def matching(self, words: list[str]) -> Self:
        """Keep the campaigns that hold every word, in Italian's sense of a word; `rank` says how well.

        Title before summary before story; who promotes it, its place, its theme and its borough are looked through too.
        """
        around = [
            "application__organization__legal_name",
            "application__place",
            "application__theme__name",
            Concat(Value("municipio "), Cast("application__borough", TextField())),
        ]
        vector = CombinedSearchVector(
            F("words__search"),
            "||",
            SearchVector(*(Plain(part) for part in around), config="italian", weight="B"),
            SearchConfig("italian"),
        )
        query = SearchQuery(tsquery(words), config="italian", search_type="raw")
        return self.annotate(found=vector, rank=SearchRank(vector, query)).filter(found=query)

    def vocabulary(self) -> set[str]:
        """Return the words that titles, summaries, promoters, places and themes are made of."""
        parts = ["title", "summary", "application__organization__legal_name"]
        texts = self.values_list(*parts, "application__place", "application__theme__name")
        return {word for text in texts.iterator() for part in text for word in words_of(part)}


class CampaignWords(models.Model):
    """The words of a campaign's page, which PostgreSQL itself keeps in step with it: a generated column of its row."""

    campaign = models.OneToOneField(
        "campaigns.Campaign", models.DO_NOTHING, primary_key=True, db_column="id", related_name="words"
    )
    search = SearchVectorField(editable=False)

    class Meta:
        managed = False
        db_table = "campaigns_campaign"

    def __str__(self) -> str:
        return str(self.search)
