-- Questions that come up every week, each answered in one line of SQL. A day is a Beijing day: date(published_at, '+8 hours'); China
-- keeps no summer time. Securities that the source's blind matching probably got wrong (doubtful) count only where a view says so.
CREATE INDEX articles_day ON articles (date(published_at, '+8 hours'));
CREATE VIEW articles_by_day_publisher AS
  -- How many articles each publisher brought on each Beijing day.
  SELECT
    date(published_at, '+8 hours') AS day, -- Beijing day of publication; NULL where no time is known
    publisher, -- NULL where it is unknown
    count(*) AS articles -- articles published that day
  FROM articles GROUP BY 1, 2;
CREATE VIEW top_publishers AS
  -- Publishers by number of articles, the busiest first.
  SELECT
    publisher, -- NULL where it is unknown
    count(*) AS articles, -- all in the archive
    round(count(*) * 1.0 / (SELECT count(*) FROM articles), 4) AS share, -- of all articles, 0 to 1
    count(DISTINCT date(published_at, '+8 hours')) AS days, -- Beijing days on which it published
    min(published_at) AS first_published_at, -- its oldest article, UTC
    max(published_at) AS last_published_at -- its newest article, UTC
  FROM articles GROUP BY publisher ORDER BY articles DESC, publisher;
CREATE VIEW front_page AS
  -- The articles of a Beijing day in order of weight: those that most list feeds named, the earlier first.
  SELECT
    day, -- Beijing day
    row_number() OVER (PARTITION BY day ORDER BY feeds DESC, published_at, arrival) AS place, -- 1, 2, ... of that day
    id, -- articles.id
    headline, -- articles.headline
    publisher, -- articles.publisher
    published_at, -- articles.published_at
    feeds, -- how many list feeds named it
    pictures -- how many images of it are stored
  FROM (
    SELECT a.*, date(published_at, '+8 hours') AS day,
      (SELECT count(*) FROM article_feeds AS f WHERE f.article_id = a.id) AS feeds,
      (SELECT count(*) FROM article_images AS i WHERE i.article_id = a.id AND i.status = 'stored') AS pictures
    FROM articles AS a WHERE published_at IS NOT NULL);
CREATE VIEW articles_with_tables AS
  -- Articles whose text holds tables; the cells are in body_html, and separated by tabs in body_text.
  SELECT
    a.id, -- articles.id
    date(a.published_at, '+8 hours') AS day, -- Beijing day of publication
    a.headline, -- articles.headline
    a.publisher, -- articles.publisher
    (length(t.body_html) - length(replace(t.body_html, '<table', ''))) / 6 AS tables -- how many
  FROM articles AS a JOIN texts AS t ON t.article_id = a.id WHERE instr(t.body_html, '<table') > 0;
CREATE VIEW articles_with_images AS
  -- Articles that have images.
  SELECT
    a.id, -- articles.id
    date(a.published_at, '+8 hours') AS day, -- Beijing day of publication
    a.headline, -- articles.headline
    a.publisher, -- articles.publisher
    count(*) AS pictures, -- in the text
    sum(i.status = 'stored') AS stored, -- of these, kept as files
    min(f.path) AS path -- file of one of them, relative to DATA_DIR
  FROM article_images AS i JOIN articles AS a ON a.id = i.article_id LEFT JOIN images AS f ON f.sha256 = i.sha256
  GROUP BY a.id;
CREATE VIEW late_arrivals AS
  -- Articles that were archived more than a day after they came out; of a time that is only a day, that day's end counts.
  SELECT
    id, -- articles.id
    headline, -- articles.headline
    publisher, -- articles.publisher
    published_at, -- articles.published_at
    published_precision, -- articles.published_precision
    first_seen_at, -- articles.first_seen_at
    round(late / 3600.0, 1) AS hours -- from publication to archive
  FROM (
    SELECT *, strftime('%s', first_seen_at) - strftime('%s', published_at)
      - CASE WHEN published_precision = 'day' THEN 86400 ELSE 0 END AS late
    FROM articles)
  WHERE late > 86400;
CREATE VIEW boilerplate_by_rule AS
  -- What each boilerplate rule took out, the busiest rule first.
  SELECT
    rule, -- name of the rule in pipelines/boilerplate_rules.py
    count(*) AS fragments, -- taken out in all
    count(DISTINCT article_id) AS articles, -- in how many articles
    (SELECT e.text FROM removals AS e WHERE e.rule = r.rule AND e.text <> ''
      ORDER BY e.article_id, e.position LIMIT 1) AS example -- one fragment's text
  FROM removals AS r GROUP BY rule ORDER BY fragments DESC, rule;
CREATE VIEW link_outcomes AS
  -- How the links ended, by outcome and the Beijing day of their last try.
  SELECT
    outcome, -- links.outcome
    date(last_tried_at, '+8 hours') AS day, -- Beijing day
    count(*) AS links, -- that ended so
    max(last_tried_at) AS latest_at, -- the latest of them, UTC
    reason AS latest_reason -- why that one ended so
  FROM links GROUP BY 1, 2;
CREATE VIEW feed_latency AS
  -- How long after publication each list feed named an article, as far as our polls can tell; times of day only.
  SELECT
    f.feed, -- rolling, media, market-37, ...
    a.id, -- articles.id
    a.headline, -- articles.headline
    a.published_at, -- articles.published_at
    f.first_listed_at, -- when a crawl first saw it in that feed, UTC
    strftime('%s', f.first_listed_at) - strftime('%s', a.published_at) AS seconds -- between the two
  FROM article_feeds AS f JOIN articles AS a ON a.id = f.article_id
  WHERE a.published_precision IN ('second', 'minute');
CREATE VIEW data_quality AS
  -- What is missing, by Beijing day; shares are 0 to 1.
  SELECT
    date(coalesce(a.published_at, a.first_seen_at), '+8 hours') AS day, -- of publication, else of archiving
    count(*) AS articles, -- of that day
    round(avg(a.headline_from = 'body'), 4) AS headline_unknown, -- share with the first sentence as a placeholder
    round(avg(a.published_at IS NULL OR a.published_from IS 'id'), 4) AS time_unknown, -- share without a served time
    round(avg(a.publisher IS NULL), 4) AS publisher_unknown, -- share without a publisher
    coalesce(sum(i.pictures), 0) AS pictures, -- in the texts of that day
    round(sum(i.failed) * 1.0 / sum(i.pictures), 4) AS pictures_failed -- share that could not be fetched; NULL without any
  FROM articles AS a LEFT JOIN (
    SELECT article_id, count(*) AS pictures, sum(status = 'failed') AS failed FROM article_images GROUP BY article_id
  ) AS i ON i.article_id = a.id
  GROUP BY 1;
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
    sum(x.mentions) AS mentions, -- how often it is named
    min(x.doubtful) AS doubtful -- 1 where every mention is probably a wrong match
  FROM securities AS s JOIN article_securities AS x ON x.security_id = s.id JOIN articles AS a ON a.id = x.article_id
  GROUP BY s.id, s.code, s.name, s.kind, a.id, a.published_at, date(a.published_at, '+8 hours');
CREATE VIEW co_mentions AS
  -- Pairs of securities that articles name together, each pair once; doubtful mentions do not count.
  SELECT
    one.security_id, -- the one with the smaller id
    o.name, -- its name
    other.security_id AS other_id, -- the other one
    p.name AS other_name, -- its name
    count(DISTINCT one.article_id) AS articles -- that name both
  FROM article_securities AS one
    JOIN article_securities AS other ON other.article_id = one.article_id AND other.security_id > one.security_id
    JOIN securities AS o ON o.id = one.security_id JOIN securities AS p ON p.id = other.security_id
  WHERE NOT one.doubtful AND NOT other.doubtful
  GROUP BY one.security_id, other.security_id;
CREATE VIEW first_mentions AS
  -- The oldest article that names each security; doubtful mentions do not count.
  SELECT
    security_id, -- securities.id
    code, -- securities.code
    name, -- securities.name
    day, -- Beijing day of publication
    id, -- articles.id
    headline, -- articles.headline
    publisher, -- articles.publisher
    published_at -- articles.published_at
  FROM (
    SELECT s.id AS security_id, s.code, s.name, date(a.published_at, '+8 hours') AS day, a.id, a.headline, a.publisher,
      a.published_at, row_number() OVER (
        PARTITION BY s.id, s.code, s.name ORDER BY a.published_at IS NULL, a.published_at, a.arrival) AS place
    FROM securities AS s JOIN article_securities AS x ON x.security_id = s.id JOIN articles AS a ON a.id = x.article_id
    WHERE NOT x.doubtful)
  WHERE place = 1;
CREATE VIEW mentions_by_publisher AS
  -- Which publishers write about which securities; doubtful mentions do not count.
  SELECT
    a.publisher, -- NULL where it is unknown
    s.id AS security_id, -- securities.id
    s.code, -- securities.code
    s.name, -- securities.name
    count(DISTINCT a.id) AS articles, -- of that publisher that name it
    sum(x.mentions) AS mentions -- in all of them
  FROM securities AS s JOIN article_securities AS x ON x.security_id = s.id JOIN articles AS a ON a.id = x.article_id
  WHERE NOT x.doubtful GROUP BY a.publisher, s.id, s.code, s.name;
CREATE VIEW revision_changes AS
  -- What each edit changed: one row for every earlier text, compared with the one after it. Lists are JSON arrays.
  SELECT
    r.article_id AS id, -- articles.id
    r.revision, -- number of the earlier text
    r.retrieved_at, -- when that was received, UTC
    coalesce(n.retrieved_at, CASE WHEN json_extract(r.changes, '$.withdrawn') IS 1 THEN a.withdrawn_at END,
      a.retrieved_at) AS changed_at, -- when the next was received, or the withdrawal found, UTC
    r.headline AS old_headline, -- before
    coalesce(n.headline, a.headline) AS new_headline, -- after
    json_extract(r.changes, '$.figures.removed') AS figures_removed, -- in the earlier text only
    json_extract(r.changes, '$.figures.added') AS figures_added, -- in the next text only
    json_extract(r.changes, '$.percentages.removed') AS percentages_removed, -- likewise
    json_extract(r.changes, '$.percentages.added') AS percentages_added, -- likewise
    json_extract(r.changes, '$.codes.removed') AS codes_removed, -- likewise, of securities
    json_extract(r.changes, '$.codes.added') AS codes_added, -- likewise
    json_extract(r.changes, '$.withdrawn') IS 1 AS withdrawn, -- 1 where the source withdrew the article instead
    length(r.body_text) AS old_length, -- characters
    length(coalesce(n.body_text, t.body_text)) AS new_length -- characters
  FROM revisions AS r JOIN articles AS a ON a.id = r.article_id LEFT JOIN texts AS t ON t.article_id = r.article_id
    LEFT JOIN revisions AS n ON n.article_id = r.article_id AND n.revision = (
      SELECT min(revision) FROM revisions WHERE article_id = r.article_id AND revision > r.revision);
CREATE VIEW images_missing AS
  -- Images that are not stored, and why; a later crawl of the article tries the failed ones again.
  SELECT
    a.id, -- articles.id
    date(a.published_at, '+8 hours') AS day, -- Beijing day of publication
    a.headline, -- articles.headline
    i.position, -- 1, 2, ... in the article
    i.url, -- address as served
    i.status, -- failed or refused
    i.reason -- why
  FROM article_images AS i JOIN articles AS a ON a.id = i.article_id WHERE i.status <> 'stored';
