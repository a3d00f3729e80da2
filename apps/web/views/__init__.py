"""The pages: each asks one selector and renders one template. One module for each area of the site."""
