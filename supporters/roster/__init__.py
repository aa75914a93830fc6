"""Reading the roster that an organization already has: bytes in, plain values out; no database."""
