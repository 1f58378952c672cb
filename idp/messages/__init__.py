"""What we write to people: templates by language, and how they are filled in."""
