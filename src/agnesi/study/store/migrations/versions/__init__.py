"""The changes, one file each."""
