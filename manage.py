#!/usr/bin/env python
"""Run a command of the project: `python manage.py demo`, `serve`, `check_mail` …"""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "peersupport.settings")
    if len(sys.argv) > 1 and sys.argv[1] == "demo":
        # The demonstration has a folder and a database of its own, and no HTTPS: see peersupport/demo.
        os.environ.setdefault("PEER_MODE", "demo")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
