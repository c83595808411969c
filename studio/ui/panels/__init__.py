"""Parts of pages that know requests."""
