"""How fast the product is, beside floors measured in the same run: `python -m tests.benchmarks`."""
