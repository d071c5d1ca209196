-- SQLite hands a filter down into a view only where it is on what the view is grouped by. So these views are not grouped where each row
-- belongs to one article: sums of an article are correlated look-ups, and filters, joins and orders of the caller meet the tables
-- themselves. What is named with a security is counted security by security, in the argument of json_each, which SQLite evaluates for
-- each row of the tables before it. Rows and columns are those of before.
DROP VIEW articles_with_images;
CREATE VIEW articles_with_images AS
  -- Articles that have images.
  SELECT
    a.id, -- articles.id
    date(a.published_at, '+8 hours') AS day, -- Beijing day of publication
    a.headline, -- articles.headline
    a.publisher, -- articles.publisher
    (SELECT count(*) FROM article_images AS i WHERE i.article_id = a.id) AS pictures, -- in the text
    (SELECT count(*) FROM article_images AS i WHERE i.article_id = a.id AND i.status = 'stored') AS stored, -- of these, kept as files
    (SELECT min(f.path) FROM article_images AS i JOIN images AS f ON f.sha256 = i.sha256
      WHERE i.article_id = a.id) AS path -- file of one of them, relative to DATA_DIR
  FROM articles AS a WHERE EXISTS (SELECT 1 FROM article_images AS i WHERE i.article_id = a.id);
CREATE INDEX articles_day_known ON articles (date(coalesce(published_at, first_seen_at), '+8 hours'));
DROP VIEW data_quality;
CREATE VIEW data_quality AS
  -- What is missing, by Beijing day; shares are 0 to 1.
  SELECT
    date(coalesce(a.published_at, a.first_seen_at), '+8 hours') AS day, -- of publication, else of archiving
    count(*) AS articles, -- of that day
    round(avg(a.headline_from = 'body'), 4) AS headline_unknown, -- share with the first sentence standing in
    round(avg(a.published_at IS NULL OR a.published_from IS 'id'), 4) AS time_unknown, -- share without a served time
    round(avg(a.publisher IS NULL), 4) AS publisher_unknown, -- share without a publisher
    sum((SELECT count(*) FROM article_images AS i WHERE i.article_id = a.id)) AS pictures, -- in the texts of that day
    round(sum((SELECT count(*) FROM article_images AS i WHERE i.article_id = a.id AND i.status = 'failed')) * 1.0
      / nullif(sum((SELECT count(*) FROM article_images AS i WHERE i.article_id = a.id)), 0), 4) AS pictures_failed -- share that could not be fetched; NULL without any
  FROM articles AS a GROUP BY date(coalesce(a.published_at, a.first_seen_at), '+8 hours');
DROP VIEW news_by_security;
CREATE VIEW news_by_security AS
  -- The articles that name a security, one row each.
  SELECT
    s.id AS security_id, -- securities.id
    s.code, -- e.g. 600160
    s.name, -- securities.name
    s.kind, -- stock, board, index, fund, ...
    date(a.published_at, '+8 hours') AS day, -- Beijing day of publication
    a.id, -- articles.id
    a.headline, -- articles.headline
    a.publisher, -- articles.publisher
    a.published_at, -- articles.published_at
    (SELECT sum(y.mentions) FROM article_securities AS y
      WHERE y.article_id = x.article_id AND y.security_id = x.security_id) AS mentions, -- how often it is named
    (SELECT min(y.doubtful) FROM article_securities AS y
      WHERE y.article_id = x.article_id AND y.security_id = x.security_id) AS doubtful -- 1 where every mention is probably a wrong match
  FROM securities AS s JOIN article_securities AS x ON x.security_id = s.id JOIN articles AS a ON a.id = x.article_id
  WHERE NOT EXISTS (
    SELECT 1 FROM article_securities AS y
    WHERE y.article_id = x.article_id AND y.security_id = x.security_id AND y.origin < x.origin);
DROP VIEW first_mentions;
CREATE VIEW first_mentions AS
  -- The oldest article that names each security; doubtful mentions do not count.
  SELECT
    s.id AS security_id, -- securities.id
    s.code, -- securities.code
    s.name, -- securities.name
    date(a.published_at, '+8 hours') AS day, -- Beijing day of publication
    a.id, -- articles.id
    a.headline, -- articles.headline
    a.publisher, -- articles.publisher
    a.published_at -- articles.published_at
  FROM securities AS s CROSS JOIN articles AS a
  WHERE a.id = (
    SELECT b.id FROM article_securities AS x JOIN articles AS b ON b.id = x.article_id
    WHERE x.security_id = s.id AND NOT x.doubtful ORDER BY b.published_at IS NULL, b.published_at, b.arrival LIMIT 1);
DROP VIEW co_mentions;
CREATE VIEW co_mentions AS
  -- Pairs of securities that articles name together, each pair once; doubtful mentions do not count. Of one security: mentioned_with.
  SELECT
    o.id AS security_id, -- the one with the smaller id
    o.name, -- its name
    p.id AS other_id, -- the other one
    p.name AS other_name, -- its name
    json_extract(pair.value, '$[1]') AS articles -- that name both
  FROM securities AS o CROSS JOIN json_each((
    SELECT json_group_array(json_array(y.id, y.articles)) FROM (
      SELECT other.security_id AS id, count(DISTINCT other.article_id) AS articles
      FROM article_securities AS one CROSS JOIN article_securities AS other ON other.article_id = one.article_id
      WHERE one.security_id = o.id AND NOT one.doubtful AND other.security_id > o.id AND NOT other.doubtful
      GROUP BY other.security_id) AS y)) AS pair
    CROSS JOIN securities AS p ON p.id = json_extract(pair.value, '$[0]');
CREATE VIEW mentioned_with AS
  -- What is named together with a security, each pair from either side; doubtful mentions do not count. Ask with WHERE security_id, code or name.
  SELECT
    o.id AS security_id, -- securities.id
    o.code, -- its code
    o.name, -- its name
    p.id AS other_id, -- securities.id of what is named with it
    p.code AS other_code, -- its code
    p.name AS other_name, -- its name
    p.kind AS other_kind, -- stock, board, index, fund, ...
    json_extract(pair.value, '$[1]') AS articles -- that name both
  FROM securities AS o CROSS JOIN json_each((
    SELECT json_group_array(json_array(y.id, y.articles)) FROM (
      SELECT other.security_id AS id, count(DISTINCT other.article_id) AS articles
      FROM article_securities AS one CROSS JOIN article_securities AS other ON other.article_id = one.article_id
      WHERE one.security_id = o.id AND NOT one.doubtful AND other.security_id <> o.id AND NOT other.doubtful
      GROUP BY other.security_id) AS y)) AS pair
    CROSS JOIN securities AS p ON p.id = json_extract(pair.value, '$[0]');
CREATE INDEX texts_with_tables ON texts (article_id) WHERE instr(body_html, '<table') > 0;
DROP VIEW stories;
CREATE VIEW stories AS
  -- Stories that more than one article tells, those with most articles first.
  SELECT
    s.story_id, -- articles.story_id
    f.headline, -- of its earliest article
    f.publisher AS first_publisher, -- of its earliest article; NULL where it is unknown
    f.published_at AS first_published_at, -- UTC
    s.articles, -- how many tell it
    (SELECT count(DISTINCT publisher) FROM articles AS o WHERE o.story_id = s.story_id) AS publishers -- how many publishers brought it
  FROM (
    SELECT story_id, count(*) AS articles FROM articles GROUP BY story_id HAVING count(*) > 1) AS s
  JOIN articles AS f ON f.id = s.story_id
  ORDER BY s.articles DESC, s.story_id;
CREATE INDEX links_day ON links (date(last_tried_at, '+8 hours'), outcome, last_tried_at);
DROP VIEW link_outcomes;
CREATE VIEW link_outcomes AS
  -- How the links ended, by outcome and the Beijing day of their last try.
  SELECT
    g.outcome, -- links.outcome
    g.day, -- Beijing day
    g.links, -- that ended so
    g.latest_at, -- the latest of them, UTC
    (SELECT l.reason FROM links AS l WHERE l.outcome = g.outcome AND l.last_tried_at = g.latest_at
      ORDER BY l.url LIMIT 1) AS latest_reason -- why that one ended so
  FROM (
    SELECT outcome, date(last_tried_at, '+8 hours') AS day, count(*) AS links, max(last_tried_at) AS latest_at
    FROM links GROUP BY date(last_tried_at, '+8 hours'), outcome) AS g;
