ALTER TABLE articles ADD COLUMN story_id TEXT /* articles.id of the earliest article of the same story: its own where there is no other */;
ALTER TABLE articles ADD COLUMN story_share REAL /* share of the text, 0 to 1, that it has in common with another of its story; NULL where there is no other */;
CREATE INDEX articles_story ON articles (story_id);
CREATE TABLE story_keys (
  -- Samples of texts: articles that share one may be the same story. Kept by archive/stories/grouping.py.
  key INTEGER NOT NULL, -- one of the smallest hashes of the text's samples
  article_id TEXT NOT NULL, -- articles.id; an article that was deleted since is passed over
  PRIMARY KEY (key, article_id)
) WITHOUT ROWID;
CREATE VIEW stories AS
  -- Stories that more than one article tells, those with most articles first.
  SELECT
    s.story_id, -- articles.story_id
    f.headline, -- of its earliest article
    f.publisher AS first_publisher, -- of its earliest article; NULL where it is unknown
    f.published_at AS first_published_at, -- UTC
    s.articles, -- how many tell it
    s.publishers -- how many publishers brought it
  FROM (
    SELECT story_id, count(*) AS articles, count(DISTINCT publisher) AS publishers
    FROM articles GROUP BY story_id HAVING count(*) > 1) AS s
  JOIN articles AS f ON f.id = s.story_id
  ORDER BY s.articles DESC, s.story_id;
CREATE VIEW story_articles AS
  -- The articles of each story that more than one tells, and how late each came behind the first.
  SELECT
    a.story_id, -- articles.story_id
    a.id, -- articles.id
    a.publisher, -- articles.publisher
    a.headline, -- articles.headline
    a.published_at, -- articles.published_at
    strftime('%s', a.published_at) - strftime('%s', f.published_at) AS lag, -- seconds behind the first; NULL where a time is unknown
    a.story_share -- articles.story_share
  FROM articles AS a JOIN articles AS f ON f.id = a.story_id
  WHERE EXISTS (SELECT 1 FROM articles AS o WHERE o.story_id = a.story_id AND o.id <> a.id);
