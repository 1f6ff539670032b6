"""An independent reader of journals. See README.md."""
