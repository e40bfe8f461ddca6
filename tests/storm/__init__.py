"""A storm of faults over the running platform, after which every cent has to be where it belongs."""
