"""Item pipelines: each takes any item by its field names and imports nothing from `crawler`.

100s tidy the fields, 300s check the body, 500s fetch the images, 800s store. The body travels as one lxml tree,
``body_tree``, from `sanitise_html` to `render_body`, so that it is parsed once.
"""
