"""Several hosts, cut off from each other and joined again at random, while people give."""
