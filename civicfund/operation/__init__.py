"""What whoever operates the platform needs to see: which task ran when, and lines of a log that can be told apart."""
