"""Pages of supporters, one file for each area of the screen."""
