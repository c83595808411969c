"""The pocket model: a small text-to-image model in SD1's layout, trained from openly licensed emoji pictures."""
