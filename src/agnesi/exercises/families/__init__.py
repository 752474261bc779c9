"""The families that come with Agnesi: each module has `FAMILIES`, a tuple of related ones."""
