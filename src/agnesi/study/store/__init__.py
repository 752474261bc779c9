"""What a person makes, kept in SQLite as they go: models, migrations, and `Store` in `keeping`."""
