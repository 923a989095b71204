"""What people use: the command line, the simulator of the terminal, the demo, the doctor, drills and benchmarks."""
