import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import civicfund.papers.keeping


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0007_remarks"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="follow",
            name="mailed_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="last mail"),
        ),
        migrations.AddField(
            model_name="follow",
            name="result_told_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="outcome told at"),
        ),
        migrations.AlterField(
            model_name="follow",
            name="wish",
            field=models.CharField(
                choices=[
                    ("news", "its news, a reminder before it closes, and the result"),
                    ("result", "only the result"),
                ],
                default="news",
                max_length=6,
                verbose_name="wish",
            ),
        ),
        migrations.CreateModel(
            name="CampaignUpdate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("looked_at", models.DateTimeField(blank=True, null=True, verbose_name="last looked at")),
                ("hidden_at", models.DateTimeField(blank=True, null=True, verbose_name="hidden at")),
                (
                    "hidden_reason",
                    models.TextField(blank=True, max_length=2000, verbose_name="why it is hidden"),
                ),
                ("number", models.PositiveSmallIntegerField(verbose_name="number")),
                ("title", models.CharField(max_length=120, verbose_name="title")),
                ("text", models.TextField(max_length=10000, verbose_name="text")),
                (
                    "image",
                    models.ImageField(blank=True, upload_to="campaigns/updates/", verbose_name="picture"),
                ),
                (
                    "image_alt",
                    models.CharField(blank=True, max_length=200, verbose_name="what the picture shows"),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[("draft", "draft"), ("published", "published")],
                        default="draft",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("written_at", models.DateTimeField(verbose_name="written at")),
                ("published_at", models.DateTimeField(blank=True, null=True, verbose_name="published at")),
                ("corrected_at", models.DateTimeField(blank=True, null=True, verbose_name="corrected at")),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="updates",
                        to="campaigns.campaign",
                        verbose_name="campaign",
                    ),
                ),
                (
                    "hidden_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="hidden by",
                    ),
                ),
                (
                    "looked_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="last looked at by",
                    ),
                ),
                (
                    "written_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="written by",
                    ),
                ),
            ],
            options={
                "verbose_name": "update of a campaign",
                "verbose_name_plural": "updates of campaigns",
                "ordering": ["-written_at", "-number"],
            },
        ),
        migrations.AddField(
            model_name="problem",
            name="update",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="problems",
                to="campaigns.campaignupdate",
                verbose_name="update",
            ),
        ),
        migrations.CreateModel(
            name="GalleryItem",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("looked_at", models.DateTimeField(blank=True, null=True, verbose_name="last looked at")),
                ("hidden_at", models.DateTimeField(blank=True, null=True, verbose_name="hidden at")),
                (
                    "hidden_reason",
                    models.TextField(blank=True, max_length=2000, verbose_name="why it is hidden"),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("picture", "picture"), ("video", "video"), ("document", "document")],
                        max_length=8,
                        verbose_name="kind",
                    ),
                ),
                ("words", models.CharField(max_length=200, verbose_name="what it shows")),
                (
                    "image",
                    models.ImageField(blank=True, upload_to="campaigns/gallery/", verbose_name="picture"),
                ),
                ("address", models.URLField(blank=True, max_length=300, verbose_name="address of the video")),
                (
                    "file",
                    models.FileField(
                        blank=True,
                        max_length=200,
                        storage=civicfund.papers.keeping.private_files,
                        upload_to="gallery/",
                        verbose_name="file",
                    ),
                ),
                ("file_name", models.CharField(blank=True, max_length=120, verbose_name="name of the file")),
                (
                    "file_bytes",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="size (bytes)"),
                ),
                ("added_at", models.DateTimeField(verbose_name="added at")),
                ("removed_at", models.DateTimeField(blank=True, null=True, verbose_name="taken away at")),
                (
                    "added_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="added by",
                    ),
                ),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="gallery",
                        to="campaigns.campaign",
                        verbose_name="campaign",
                    ),
                ),
                (
                    "hidden_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="hidden by",
                    ),
                ),
                (
                    "looked_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="last looked at by",
                    ),
                ),
            ],
            options={
                "verbose_name": "picture, video or document",
                "verbose_name_plural": "pictures, videos and documents",
                "ordering": ["-added_at", "-pk"],
            },
        ),
        migrations.AddField(
            model_name="problem",
            name="item",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="problems",
                to="campaigns.galleryitem",
                verbose_name="picture, video or document",
            ),
        ),
        migrations.CreateModel(
            name="Question",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("looked_at", models.DateTimeField(blank=True, null=True, verbose_name="last looked at")),
                ("hidden_at", models.DateTimeField(blank=True, null=True, verbose_name="hidden at")),
                (
                    "hidden_reason",
                    models.TextField(blank=True, max_length=2000, verbose_name="why it is hidden"),
                ),
                ("public_id", models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ("text", models.TextField(max_length=1000, verbose_name="question")),
                ("name", models.CharField(blank=True, max_length=80, verbose_name="name")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail")),
                (
                    "language",
                    models.CharField(
                        choices=[("it", "Italiano"), ("en", "English")],
                        default="it",
                        max_length=5,
                        verbose_name="language",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("asked", "waiting for the confirmation of its author"),
                            ("waiting", "waits for an answer"),
                            ("answered", "answered"),
                        ],
                        default="asked",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("asked_at", models.DateTimeField(verbose_name="asked at")),
                ("confirmed_at", models.DateTimeField(blank=True, null=True, verbose_name="confirmed at")),
                ("answer", models.TextField(blank=True, max_length=5000, verbose_name="answer")),
                ("answered_at", models.DateTimeField(blank=True, null=True, verbose_name="answered at")),
                ("corrected_at", models.DateTimeField(blank=True, null=True, verbose_name="corrected at")),
                (
                    "answered_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="answered by",
                    ),
                ),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="questions",
                        to="campaigns.campaign",
                        verbose_name="campaign",
                    ),
                ),
                (
                    "hidden_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="hidden by",
                    ),
                ),
                (
                    "looked_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="last looked at by",
                    ),
                ),
            ],
            options={
                "verbose_name": "question about a campaign",
                "verbose_name_plural": "questions about campaigns",
                "ordering": ["-asked_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="EarlierText",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("title", models.CharField(blank=True, max_length=120, verbose_name="title")),
                ("text", models.TextField(max_length=10000, verbose_name="text")),
                ("replaced_at", models.DateTimeField(verbose_name="replaced at")),
                (
                    "replaced_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="replaced by",
                    ),
                ),
                (
                    "update",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="earlier_texts",
                        to="campaigns.campaignupdate",
                        verbose_name="update",
                    ),
                ),
                (
                    "question",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="earlier_texts",
                        to="campaigns.question",
                        verbose_name="question",
                    ),
                ),
            ],
            options={
                "verbose_name": "earlier text",
                "verbose_name_plural": "earlier texts",
                "ordering": ["-replaced_at", "-pk"],
            },
        ),
        migrations.AddField(
            model_name="problem",
            name="question",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="problems",
                to="campaigns.question",
                verbose_name="question",
            ),
        ),
        migrations.AddConstraint(
            model_name="problem",
            constraint=models.CheckConstraint(
                condition=models.Q(("update", None), ("question", None), _connector="OR"),
                name="problem_about_one_thing",
            ),
        ),
        migrations.AddConstraint(
            model_name="campaignupdate",
            constraint=models.UniqueConstraint(fields=("campaign", "number"), name="update_number_once"),
        ),
        migrations.AddConstraint(
            model_name="campaignupdate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("title", ""), _negated=True), models.Q(("text", ""), _negated=True)
                ),
                name="update_says_something",
            ),
        ),
        migrations.AddConstraint(
            model_name="campaignupdate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("image", ""), models.Q(("image_alt", ""), _negated=True), _connector="OR"
                ),
                name="update_picture_is_described",
            ),
        ),
        migrations.AddConstraint(
            model_name="campaignupdate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("corrected_at", None),
                        ("hidden_at", None),
                        ("looked_at", None),
                        ("published_at", None),
                        ("status", "draft"),
                    ),
                    models.Q(
                        ("published_at__isnull", False),
                        ("status", "published"),
                        models.Q(
                            ("corrected_at", None),
                            ("corrected_at__gte", models.F("published_at")),
                            _connector="OR",
                        ),
                    ),
                    _connector="OR",
                ),
                name="update_published_at_matches_status",
            ),
        ),
        migrations.AddConstraint(
            model_name="campaignupdate",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("hidden_at", None), ("hidden_by", None), ("hidden_reason", "")),
                    models.Q(
                        ("hidden_at__isnull", False),
                        ("hidden_by__isnull", False),
                        models.Q(("hidden_reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="update_hidden_for_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="galleryitem",
            constraint=models.CheckConstraint(
                condition=models.Q(("words", ""), _negated=True), name="gallery_item_is_described"
            ),
        ),
        migrations.AddConstraint(
            model_name="galleryitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("address", ""),
                        ("file", ""),
                        ("file_bytes", None),
                        ("file_name", ""),
                        ("kind", "picture"),
                        models.Q(("image", ""), _negated=True),
                    ),
                    models.Q(
                        ("file", ""),
                        ("file_bytes", None),
                        ("file_name", ""),
                        ("image", ""),
                        ("kind", "video"),
                        models.Q(("address", ""), _negated=True),
                    ),
                    models.Q(
                        ("address", ""),
                        ("file_bytes__gt", 0),
                        ("image", ""),
                        ("kind", "document"),
                        models.Q(("file", ""), _negated=True),
                        models.Q(("file_name", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="gallery_item_is_what_it_is",
            ),
        ),
        migrations.AddConstraint(
            model_name="galleryitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("hidden_at", None), ("hidden_by", None), ("hidden_reason", "")),
                    models.Q(
                        ("hidden_at__isnull", False),
                        ("hidden_by__isnull", False),
                        models.Q(("hidden_reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="gallery_item_hidden_for_a_reason",
            ),
        ),
        migrations.AddIndex(
            model_name="question",
            index=models.Index(fields=["email", "asked_at"], name="campaign_question_by_email"),
        ),
        migrations.AddConstraint(
            model_name="question",
            constraint=models.CheckConstraint(
                condition=models.Q(("text", ""), _negated=True), name="campaign_question_has_words"
            ),
        ),
        migrations.AddConstraint(
            model_name="question",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("answer", ""),
                        ("answered_at", None),
                        ("answered_by", None),
                        ("confirmed_at", None),
                        ("status", "asked"),
                    ),
                    models.Q(
                        ("answer", ""),
                        ("answered_at", None),
                        ("answered_by", None),
                        ("confirmed_at__isnull", False),
                        ("status", "waiting"),
                    ),
                    models.Q(
                        ("answered_at__gte", models.F("confirmed_at")),
                        ("answered_by__isnull", False),
                        ("confirmed_at__isnull", False),
                        ("email", ""),
                        ("status", "answered"),
                        models.Q(("answer", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="campaign_question_answer_matches_status",
            ),
        ),
        migrations.AddConstraint(
            model_name="question",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("hidden_at", None), ("hidden_by", None), ("hidden_reason", "")),
                    models.Q(
                        ("hidden_at__isnull", False),
                        ("hidden_by__isnull", False),
                        models.Q(("hidden_reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="campaign_question_hidden_for_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="earliertext",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("question__isnull", False), ("update", None)),
                    models.Q(("question", None), ("update__isnull", False)),
                    _connector="OR",
                ),
                name="earlier_text_of_one_thing",
            ),
        ),
    ]
