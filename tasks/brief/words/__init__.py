"""How the brief says things: numbers, percentages, names of measures and lights."""
