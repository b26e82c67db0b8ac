"""The commands of `troly`, one module each: `add_arguments(parser)` and `run(args) -> int`."""
