"""The language server: documents judged in an editor as one types. See docs/editors.md."""
