-- Rows from before were received from the network.
ALTER TABLE articles ADD COLUMN captured_from TEXT /* what the text was imported from: older_posts (a post file of the older site; access is preview where that holds the digest alone), saved (a page saved by hand); NULL: received from the network */;
