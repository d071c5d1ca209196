ALTER TABLE articles ADD COLUMN day TEXT /* Beijing day of publication, computed from published_at; NULL where that is unknown */ GENERATED ALWAYS AS (date(published_at, '+8 hours')) VIRTUAL;
CREATE INDEX articles_by_day ON articles (day, publisher);
DROP INDEX articles_published_at;
CREATE INDEX articles_published_at ON articles (published_at, arrival);
DROP INDEX articles_publisher;
CREATE INDEX articles_publisher ON articles (publisher, published_at, arrival);
CREATE INDEX articles_late ON articles (strftime('%s', first_seen_at) - strftime('%s', published_at) - CASE WHEN published_precision = 'day' THEN 86400 ELSE 0 END) WHERE strftime('%s', first_seen_at) - strftime('%s', published_at) - CASE WHEN published_precision = 'day' THEN 86400 ELSE 0 END > 86400;
DROP VIEW late_arrivals;
CREATE VIEW late_arrivals AS
  -- Articles that were archived more than a day after they came out; of a time that is only a day, that day's end counts.
  SELECT
    id, -- articles.id
    headline, -- articles.headline
    publisher, -- articles.publisher
    published_at, -- articles.published_at
    published_precision, -- articles.published_precision
    first_seen_at, -- articles.first_seen_at
    round((strftime('%s', first_seen_at) - strftime('%s', published_at) - CASE WHEN published_precision = 'day' THEN 86400 ELSE 0 END) / 3600.0, 1) AS hours -- from publication to archive
  FROM articles WHERE strftime('%s', first_seen_at) - strftime('%s', published_at) - CASE WHEN published_precision = 'day' THEN 86400 ELSE 0 END > 86400;
DROP VIEW articles_by_day_publisher;
CREATE VIEW articles_by_day_publisher AS
  -- How many articles each publisher brought on each Beijing day.
  SELECT
    day, -- Beijing day of publication; NULL where no time is known
    publisher, -- NULL where it is unknown
    count(*) AS articles -- articles published that day
  FROM articles GROUP BY day, publisher;
DROP INDEX article_securities_security;
CREATE INDEX article_securities_security ON article_securities (security_id, doubtful);
CREATE INDEX article_images_missing ON article_images (article_id, position) WHERE status <> 'stored';
CREATE INDEX links_last_tried_at ON links (last_tried_at, outcome);
CREATE INDEX revisions_changes ON revisions (article_id, revision, retrieved_at, changes);
