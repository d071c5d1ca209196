-- Rows from before were all received from the network, or in a browser, which was not marked.
ALTER TABLE captures ADD COLUMN source TEXT /* NULL: as received from the network. browser: the page as its scripts left it. saved: a page saved by hand. warc: a response that another crawler received. post: a post file of the older site */ CHECK (source IN ('browser', 'saved', 'warc', 'post'));
ALTER TABLE captures ADD COLUMN file TEXT /* the imported file, relative to the folder that was imported; NULL unless source is saved, warc or post */;
