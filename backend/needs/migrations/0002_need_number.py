"""The numbers of needs; a number is never used twice, also when a draft is not kept."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("needs", "0001_initial")]

    operations = [
        migrations.RunSQL("CREATE SEQUENCE needs_need_number", "DROP SEQUENCE needs_need_number")
    ]
