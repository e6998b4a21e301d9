"""Une échéance peut n'être à personne : ce que le Département doit lui-même."""

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [
        ("noyau", "0005_base_restaurable"),
    ]

    operations: ClassVar = [
        migrations.AlterField(
            model_name="echeance",
            name="cle_acces",
            field=models.IntegerField(db_index=True, null=True),
        ),
        migrations.AlterField(
            model_name="echeance",
            name="personne",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="echeances",
                to="noyau.personne",
            ),
        ),
        migrations.AddConstraint(
            model_name="echeance",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("personne__isnull", True), ("cle_acces__isnull", False), _connector="OR"
                ),
                name="echeance_personne_a_une_cle",
            ),
        ),
    ]
