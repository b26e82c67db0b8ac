"""Tables that were flattened into lines of text: finding their rows and telling their cells apart again."""
