-- A slug follows from the name alone, so two media whose names read alike share one.
CREATE TABLE publishers_made_anew (
  -- Media and their names for paths.
  name TEXT PRIMARY KEY, -- e.g. 新京报
  slug TEXT NOT NULL -- derived from the name alone, e.g. xinjingbao; names that read alike (TechWeb, Techweb) share one
) WITHOUT ROWID;
INSERT INTO publishers_made_anew SELECT name, slug FROM publishers;
DROP TABLE publishers;
ALTER TABLE publishers_made_anew RENAME TO publishers;
