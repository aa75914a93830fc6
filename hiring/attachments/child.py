"""Look at a file in a process of its own, with limits of time and memory: whatever is in it, no worker is held.

The process gets nothing of ours: no settings, no secrets, no database, and no file but those it imports.
"""

import json
import resource
import subprocess
import sys
from pathlib import Path

from hiring.attachments.refused import BOMB, REASONS, FileRefused

ROOT = Path(__file__).resolve().parents[2]
#: What one file may take: processor seconds, and memory in bytes, of which the largest document needs a quarter.
CPU_SECONDS, MEMORY = 8, 768 * 1024 * 1024
#: A machine that is busy with other things may take longer by the clock.
WAIT_SECONDS = 60


def search_apart(content: bytes) -> tuple[str, bytes]:
    """Return the type and content of a file, as `searching.search`, from a process with limits. Raises Refused."""
    command = [sys.executable, "-m", "hiring.attachments.child"]
    environment = {"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
    try:
        done = subprocess.run(
            command, input=content, capture_output=True, timeout=WAIT_SECONDS, env=environment, cwd="/", check=False
        )
    except subprocess.TimeoutExpired:
        raise FileRefused(BOMB) from None
    head, _line, rest = done.stdout.partition(b"\n")
    if done.returncode or not head:  # killed by a limit, or out of memory
        raise FileRefused(BOMB)
    answer = json.loads(head)
    if "refused" in answer:
        raise FileRefused(REASONS[answer["refused"]])
    return answer["type"], rest if answer["changed"] else content


def main() -> None:
    """Read a file from standard input, and write what it is."""
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    from hiring.attachments.searching import search

    content = sys.stdin.buffer.read()
    try:
        kind, found = search(content)
    except FileRefused as refusal:
        name = next(name for name, reason in REASONS.items() if reason is refusal.message)
        sys.stdout.write(json.dumps({"refused": name}) + "\n")
        return
    changed = found != content
    sys.stdout.buffer.write(
        json.dumps({"type": kind, "changed": changed}).encode() + b"\n" + (found if changed else b"")
    )


if __name__ == "__main__":
    main()
