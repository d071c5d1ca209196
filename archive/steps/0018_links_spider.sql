ALTER TABLE links ADD COLUMN spider TEXT /* spider of the crawl that asked first: share for a link crawled by hand; NULL in rows from before this column */;
