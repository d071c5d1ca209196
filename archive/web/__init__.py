"""What ``scrapy serve`` shows: Datasette over the archive, with our descriptions, questions and pages.

A page is a module of `archive.web.pages` with a template of its name; a question is an entry of
`archive.web.queries`; what tables and columns hold is said in the schema alone (`archive.web.metadata`). Nothing
here writes, and nothing is fetched from elsewhere. Datasette is imported by the modules below, never from here, so that the
other commands do not pay for it.
"""
