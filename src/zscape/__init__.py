"""zscape."""
