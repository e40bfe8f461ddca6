from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0008_changes")]

    operations = [
        migrations.AddField(
            model_name="mail",
            name="unsubscribe_url",
            field=models.CharField(blank=True, max_length=300, verbose_name="address that ends them"),
        ),
    ]
