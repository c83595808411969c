"""Training: what every kind of it shares, and in `pocket` the recipe of the model that comes with the studio."""
