"""The sentences for the cashier: what is wrong with a catalogue, every situation that there can be, and the page."""
