"""Ce qu'un identifiant de source est devenu : la fiche rejointe, ou la ligne écartée."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Une table de plus."""

    dependencies = [("annuaire", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Provenance",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("saisie", "Saisie dans Draille"),
                            ("data_inclusion", "data·inclusion"),
                            ("france_services", "Liste France services"),
                            ("mediation_numerique", "Médiation numérique"),
                            ("tableur", "Tableur"),
                        ],
                        max_length=20,
                    ),
                ),
                ("source_id", models.CharField(max_length=120)),
                (
                    "point",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="provenances",
                        to="annuaire.point",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("source", "source_id"), name="annuaire_provenance_unique"
                    )
                ],
            },
        ),
    ]
