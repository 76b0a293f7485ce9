"""One module per command; `app.cli` lists them."""
