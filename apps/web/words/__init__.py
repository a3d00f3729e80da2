"""Words that the pages take from elsewhere."""
