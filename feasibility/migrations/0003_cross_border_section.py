"""Cross-border value becomes a section of its own: its text stays, its state follows from that of the summary."""

from typing import Any

from django.db import migrations


def give_sections(apps: Any, schema_editor: Any) -> None:
    """Where a text is there, its section was begun; it is complete where the summary, which held it, was."""
    Proposal, Section = apps.get_model("feasibility", "Proposal"), apps.get_model("feasibility", "Section")
    there = set(Section.objects.filter(name="cross_border").values_list("proposal_id", flat=True))
    summaries = {row.proposal_id: row for row in Section.objects.filter(name="summary", partner=None)}
    made = []
    for pk in Proposal.objects.exclude(cross_border_value="").values_list("pk", flat=True):
        summary = summaries.get(pk)
        if summary is not None and pk not in there:
            made.append(
                Section(
                    proposal_id=pk,
                    name="cross_border",
                    version=1,
                    is_completed=summary.is_completed,
                    changed_by_id=summary.changed_by_id,
                    changed_at=summary.changed_at,
                )
            )
    Section.objects.bulk_create(made)


class Migration(migrations.Migration):
    dependencies = [("feasibility", "0002_work_plan_and_declarations")]
    operations = [migrations.RunPython(give_sections, migrations.RunPython.noop)]
