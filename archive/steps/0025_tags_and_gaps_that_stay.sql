-- Tags and importance of articles from before are unknown. Open gaps are tried once more before they are called final.
ALTER TABLE articles ADD COLUMN tags TEXT /* sections, topics and keywords that the source states, a JSON array; NULL: none stated */;
ALTER TABLE articles ADD COLUMN importance INTEGER /* how the source marks it among its own: 0 as usual, 1 marked, 2 marked most; NULL: it marks nothing */;
ALTER TABLE gaps ADD COLUMN final_at TEXT /* when it was proven that the list has nothing older to fill it with, UTC; reported once, then no longer tried */;
ALTER TABLE feeds ADD COLUMN followed_at TEXT /* when a crawl of all of sources.toml last followed it, UTC; NULL: the file does not name it */;
