"""Files a candidate may add: what they are is read from their content, and nothing active in them is taken."""
