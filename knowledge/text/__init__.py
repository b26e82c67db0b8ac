"""Vietnamese text: one Unicode form, folding without diacritics, abbreviations, dates, slips of the keyboard."""
