"""A whole CivicFund on one machine: engines, services and invented content."""
