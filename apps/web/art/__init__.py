"""Pictures made from nothing but an identity: the same input always draws the same SVG."""
