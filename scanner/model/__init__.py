"""The nouns: resource, inventory, gap, verdict, finding, result. Plain data, no input or output."""
