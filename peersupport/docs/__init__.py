"""Documents for maintainers."""
