"""The design system on a page: tokens read from their file, and samples for every component."""
