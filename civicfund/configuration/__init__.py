"""What a site is told by its environment, and the refusal to start when it is told something that cannot work."""
