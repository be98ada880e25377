"""Models side by side on a list of pictures: `comparison` asks them, `page` and `contact_sheet` show what they say."""
