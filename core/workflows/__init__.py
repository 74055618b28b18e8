"""One module per user task: read the store, call the pure rooms, save the run, return one frozen result."""
