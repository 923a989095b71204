"""What an operator sees: metrics, traces, events, over a real terminal on loopback."""
