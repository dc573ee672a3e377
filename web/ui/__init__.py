"""Page layout, forms, the route picture and text differences."""
