"""Samplers: each `sample_x(model, x, sigmas, ...)`, named by rows of studio.catalog.samplers."""
