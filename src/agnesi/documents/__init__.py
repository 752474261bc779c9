"""Documents: Markdown, LaTeX and notebooks as paragraphs, and the check of all their formulas."""
