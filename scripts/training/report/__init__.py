"""The HTML report of a training run, written while it runs: one file that needs nothing from outside but the recordings
beside it."""
