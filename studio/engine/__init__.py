"""Pixels: from a request to pictures, with torch."""
