"""Files on disk: models, pictures, queue and index."""
