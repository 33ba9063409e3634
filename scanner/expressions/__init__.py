"""Template expressions as ARM templates and Azure Policy write them: their grammar, values and pure functions."""
