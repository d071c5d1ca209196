-- Bodies from before were packed without one.
CREATE TABLE dictionaries (
  -- Dictionaries of Zstandard that bodies are packed with; the number is in each frame.
  id INTEGER PRIMARY KEY, -- the dictionary's number
  dictionary BLOB NOT NULL
);
