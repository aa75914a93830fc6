"""The settings of the product in its test mode, with a folder of its own that is thrown away."""

import os
import tempfile

os.environ["PEER_MODE"] = "test"
os.environ["PEER_VAR"] = tempfile.mkdtemp(prefix="peersupport-tests-")
os.makedirs(os.path.join(os.environ["PEER_VAR"], "static"))

from peersupport.settings import *  # noqa: E402, F403
