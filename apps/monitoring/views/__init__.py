"""Pages of operators, a module a screen."""
