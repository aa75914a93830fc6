"""A fictional organization, and the command that runs a small installation."""
