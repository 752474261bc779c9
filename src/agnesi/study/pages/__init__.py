"""The pages of the app: one module a kind of page, each with `ROUTES`. No mathematics here."""
