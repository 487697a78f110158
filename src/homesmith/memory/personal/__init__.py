"""personal: what a person has written down about themselves, as texts in and values out."""
