"""The floor of an import: read a CSV file and write its rows as they stand; print the seconds it took."""

import csv
import os
import sys
import time

import django


def main(path: str) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.benchmarks.bare.settings"
    django.setup()
    from tests.benchmarks.bare.models import Contact

    start = time.perf_counter()
    with open(path, newline="", encoding="utf-8") as file:
        rows = csv.reader(file)
        next(rows)
        Contact.objects.bulk_create((Contact(None, *row) for row in rows), batch_size=500)
    print(time.perf_counter() - start)


if __name__ == "__main__":
    main(sys.argv[1])
