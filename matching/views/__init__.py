"""Pages of matching, one file for each area of the screen."""
