-- Stories grouped by other rules; an article that is deleted leaves no story without a first.
DELETE FROM story_keys;
UPDATE articles SET story_id = NULL, story_share = NULL;
CREATE TRIGGER articles_story_deleted AFTER DELETE ON articles WHEN OLD.story_share IS NOT NULL BEGIN
  UPDATE articles SET story_share = NULL
  WHERE story_id = OLD.story_id AND (SELECT count(*) FROM articles WHERE story_id = OLD.story_id) = 1;
  UPDATE articles SET story_id = (
    SELECT id FROM articles WHERE story_id = OLD.story_id ORDER BY published_at IS NULL, published_at, id LIMIT 1)
  WHERE story_id = OLD.story_id;
END;
