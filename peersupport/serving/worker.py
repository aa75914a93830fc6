"""The worker starts under the same conditions as the web processes."""

from typing import Any

from celery.signals import worker_init

from peersupport.serving.checks import refuse_open_files


@worker_init.connect
def _look_at_the_files(**kwargs: Any) -> None:
    refuse_open_files()
