"""The words of the domain; no Qt, no torch."""
