"""What DeltaCrown promises about speed, measured by `./dev bench`: ours and its peer by turns, in one run."""
