"""A bare Django project: the floor that the product's pages are compared with."""
