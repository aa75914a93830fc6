"""One table of seven columns, and one of four for the floor of an import."""

from django.db import models


class Row(models.Model):
    """A row of the floor `table`."""

    name = models.CharField(max_length=80, db_index=True)
    title = models.CharField(max_length=80)
    state = models.CharField(max_length=10)
    area = models.CharField(max_length=40)
    since = models.DateTimeField()
    maximum = models.PositiveSmallIntegerField()
    taken = models.PositiveSmallIntegerField()

    def __str__(self) -> str:
        return self.name


class Contact(models.Model):
    """A row of a roster, taken as it stands."""

    number = models.CharField(max_length=20)
    name = models.CharField(max_length=200)
    email = models.CharField(max_length=200)
    languages = models.CharField(max_length=200)

    def __str__(self) -> str:
        return self.name
