"""The settings of the product in its test mode, with a folder of its own that is thrown away."""

import os
import re
import tempfile
from urllib.parse import urlsplit

os.environ["PEER_MODE"] = "test"
os.environ["PEER_VAR"] = tempfile.mkdtemp(prefix="peersupport-tests-")
os.makedirs(os.path.join(os.environ["PEER_VAR"], "static"))

# Each process of the suite has a Redis database of its own: limits are counted there, and emptied between tests.
WORKER = int(re.sub(r"\D", "", os.environ.get("PYTEST_XDIST_WORKER", "")) or 0) % 6
if os.environ.get("REDIS_URL"):
    os.environ["REDIS_URL"] = urlsplit(os.environ["REDIS_URL"])._replace(path=f"/{1 + WORKER}").geturl()

from peersupport.settings import *  # noqa: E402, F403
