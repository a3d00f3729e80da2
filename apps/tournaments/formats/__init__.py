"""What results mean: tables, brackets, places. Pure functions of results, without a database."""
