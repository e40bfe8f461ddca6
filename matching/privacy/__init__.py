"""A copy of everything that is held about one person, to read and to take along."""
