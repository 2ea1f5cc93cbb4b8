"""An official document in any format -> numbered lines and tables."""
