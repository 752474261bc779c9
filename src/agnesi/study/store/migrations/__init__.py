"""Changes of the tables, oldest first; `versions` has one file each."""
