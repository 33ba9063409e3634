"""Pure: inventory and rules in, findings out. No files, no network, no clock but the one given."""
