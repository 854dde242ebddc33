from django.db import models


class Entry(models.Model):
    """The one row that the bare form inserts. No migration makes its table: the bench does, in its own database."""

    text = models.CharField(max_length=200)
    by_id = models.BigIntegerField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        managed = False
        db_table = "bench_entry"

    def __str__(self) -> str:
        return self.text
