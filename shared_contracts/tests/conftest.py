"""What all tests here have in common."""

from hypothesis import settings

# How long one example takes says how busy the machine is, not whether the contracts are right.
settings.register_profile("without a clock", deadline=None)
settings.load_profile("without a clock")
