r"""SQL of the full-text search: every character together with its successor, cut in plain SQL, kept by triggers.

Chinese has no blanks between words, so a word is found as a run of overlapping pairs: 张家口 is the phrase ``张家 家口``.
FTS5's own tokenizer does the rest, with everything but white space counted as part of a word: ``2.3%`` is not
``2,3%``. No extension and no registered function: whatever opens the file (from SQLite 3.34 on, with FTS5, FTS3 and
JSON built in) can search it, and can write to it without breaking the index.

A line that is one long word is looked up by three of its pairs near to each other, and the texts of what that finds are
read: to go through all its lists of pairs took twice as long. A count reads them, too, so it costs more where many articles
hold the word; words of that length are in few.

The query line is handed in by ``fts3tokenize``, SQLite's only table-valued function that takes any text. It gives rows
for a line that holds a letter, a digit or a character beyond ASCII, so ``%`` alone finds nothing. Newer ``sqlite3`` programs than
3.40 distrust views over it: say ``PRAGMA trusted_schema = ON``. (A virtual table of our own with another
tokenizer would take ``%``, but ``SELECT count(*)`` of it fails, and with that ``sqlite-utils tables --counts``.)

What the triggers cannot see is REPLACE over a connection that has ``recursive_triggers`` off, and rows written
while triggers are disabled. Either leaves an index that no longer agrees; mend it with
``INSERT INTO search_index (search_index) VALUES ('rebuild')``, and look for it with
``INSERT INTO search_index (search_index, rank) VALUES ('integrity-check', 1)`` (without rank 1 it compares nothing).
"""

BLANKS = (
    *range(0x09, 0x0E), *range(0x1C, 0x20), 0x20, 0x22, 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B),
    0x2028, 0x2029, 0x202F, 0x205F, 0x3000,
)  # fmt: skip
"""Code points that part the words of a query: white space, and the quotation mark, which asks for nothing here."""

FULL_WIDTH = "０１２３４５６７８９ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ"
HALF_WIDTH = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def narrow(text: str) -> str:
    """SQL for *text* (an SQL expression) with full-width letters and digits as ASCII. One by one, where there are any."""
    return (
        f"CASE WHEN {text} GLOB '*[０-９Ａ-Ｚａ-ｚ]*' THEN (\n"
        f"      WITH RECURSIVE narrower (n, line) AS (\n"
        f"        SELECT 0, {text}\n"
        f"        UNION ALL SELECT n + 1, replace(line, substr('{FULL_WIDTH}', n + 1, 1),\n"
        f"          substr('{HALF_WIDTH}', n + 1, 1))\n"
        f"        FROM narrower WHERE n < {len(FULL_WIDTH)})\n"
        f"      SELECT line FROM narrower WHERE n = {len(FULL_WIDTH)}) ELSE {text} END"
    )


def narrow_digits(text: str) -> str:
    """SQL for *text* (an SQL expression) with full-width digits as ASCII: a sixth of what `narrow` costs."""
    for wide, digit in zip(FULL_WIDTH[:10], HALF_WIDTH[:10], strict=True):
        text = f"replace({text}, '{wide}', '{digit}')"
    return text


def blanks_replaced(text: str) -> str:
    """SQL for *text* (an SQL expression) with each of `BLANKS` as a blank."""
    blanks = f"char({', '.join(str(code) for code in BLANKS)})"
    return (
        f"(\n"
        f"      WITH RECURSIVE parted (n, line) AS (\n"
        f"        SELECT 0, {text}\n"
        f"        UNION ALL SELECT n + 1, replace(line, substr({blanks}, n + 1, 1), ' ')\n"
        f"        FROM parted WHERE n < {len(BLANKS)})\n"
        f"      SELECT line FROM parted WHERE n = {len(BLANKS)})"
    )


def pairs(text: str) -> str:
    """SQL for the pairs of *text* (an SQL expression), parted by blanks: 张家口 -> ``张家 家口 口``.

    ``substr`` counts from the text's start, so that a plain loop over 20,000 characters would be quadratic; hence pieces
    of 1,024 and of 64. ``LIMIT`` keeps SQLite from folding the levels into one. What lies past
    1,048,576 characters is not indexed.
    """
    return f"""(
    SELECT group_concat(substr(small.piece, i.n + 1, 2), ' ')
    FROM (
      SELECT substr(large.piece, k.n * 64 + 1, 65) AS piece, min(64, large.size - k.n * 64) AS size
      FROM (
        SELECT substr(whole.line, j.n * 1024 + 1, 1025) AS piece, min(1024, whole.size - j.n * 1024) AS size
        FROM (SELECT line, length(line) AS size FROM (SELECT {text} AS line LIMIT 1) LIMIT 1) AS whole
        CROSS JOIN search_numbers AS j WHERE j.n < (whole.size + 1023) / 1024 LIMIT -1) AS large
      CROSS JOIN search_numbers AS k WHERE k.n < (large.size + 63) / 64 LIMIT -1) AS small
    CROSS JOIN search_numbers AS i WHERE i.n < small.size)"""


LONGEST = 1_048_576
"""Characters of a text that are indexed: 1,024 pieces of 1,024."""

DELETE = (
    "INSERT INTO search_index (search_index, rowid, body, headline)"
    " SELECT 'delete', arrival, body, headline FROM search_pairs WHERE arrival = "
)
INSERT = (
    "INSERT INTO search_index (rowid, body, headline)"
    " SELECT arrival, body, headline FROM search_pairs WHERE arrival = "
)
OF_TEXT = "(SELECT arrival FROM articles WHERE id = {}.article_id)"

LONG = 7
"""Characters of a word from which on it is looked up by three of its pairs, not by all."""


def is_long_word(line: str) -> str:
    """SQL: whether *line* (an SQL expression), a whole query line, is one long word of Chinese, figures and marks.

    No letters, whose case and accents the index folds in its own way, no wide figures, no ``-``, ``|`` or blank.
    """
    return f"(length({line}) >= {LONG} AND {line} NOT GLOB '*[^一-鿿、-〿‐-‧！-／：-＠!#-,./0-9:-@]*')"


def three_pairs(word: str) -> str:
    """SQL for what the index is asked for a long *word* (an SQL expression): its first, middle and last pair, as near to
    each other as they are in it.

    >>> import sqlite3
    >>> sqlite3.connect(":memory:").execute("SELECT " + three_pairs("'中国人民银行行长'")).fetchone()[0]
    'NEAR("中国" "民银" "行长", 5)'
    """
    return (
        f"'NEAR(\"' || substr({word}, 1, 2) || '\" \"' || substr({word}, length({word}) / 2, 2)"
        f" || '\" \"' || substr({word}, -2) || '\", ' || (length({word}) - 3) || ')'"
    )


ALL_WORDS = """(
      SELECT group_concat(CASE WHEN NOT excluded THEN phrases END, ' AND ')
        || coalesce(' NOT (' || group_concat(CASE WHEN excluded THEN phrases END, ' OR ') || ')', '')
      FROM (
        SELECT excluded, '(' || group_concat(phrase, ' OR ') || ')' AS phrases
        FROM search_words AS words WHERE words.q = {} GROUP BY position))"""
"""SQL: what the index is asked for a query line, all of whose words must occur."""

# Where a word occurs in the text as it was typed, but for case, there is no need to make the text's wide letters and
# digits narrow: that is nine tenths of an excerpt's cost.
#
# Every pair of a long word is a list to go through, to its end where few articles hold the word: seven for eight characters.
# Three find all that hold it and little else; which those are is seen in the text. (All pairs as a second condition
# in the same MATCH would save nothing: FTS5 moves all lists of a MATCH on together.)
SEARCH_VIEW = f"""CREATE VIEW search AS
  -- Search as a table: always with WHERE q = '...', then ORDER BY rank (best first) or ORDER BY arrival DESC (newest first).
  -- All words must occur, in headline or text; -word must not; a|b is either; case and width of letters do not matter.
  SELECT
    line.input AS q, -- the query line, e.g. 冬奥 张家口 -ET7
    a.id, -- articles.id
    found.rowid AS arrival, -- articles.arrival
    found.rank AS rank, -- smaller is better; the headline counts eight times
    a.headline, -- articles.headline
    (SELECT CASE WHEN spot.first > 1 THEN '…' ELSE '' END
        || replace(substr(t.body_text, spot.first, 60), char(10), ' ')
        || CASE WHEN spot.first + 60 <= length(t.body_text) THEN '…' ELSE '' END
      FROM texts AS t, (
        SELECT max(1, coalesce(min(CASE
          WHEN instr(plain.line, lower(words.word)) THEN instr(plain.line, lower(words.word))
          WHEN words.word GLOB '*[A-Za-z]*' THEN nullif(instr(lower({narrow("plain.line")}), lower(words.word)), 0)
          WHEN words.word GLOB '*[0-9]*' THEN nullif(instr({narrow_digits("plain.line")}, words.word), 0) END), 1) - 20) AS first
        FROM (SELECT CASE WHEN line.input GLOB '*[A-Za-zＡ-Ｚａ-ｚ]*' THEN lower(s.body_text) ELSE s.body_text END AS line
          FROM texts AS s WHERE s.article_id = a.id LIMIT 1) AS plain,
          search_words AS words
        WHERE words.q = line.input AND NOT words.excluded) AS spot
      WHERE t.article_id = a.id) AS excerpt, -- 60 characters of the text round the first hit
    a.published_at, -- articles.published_at
    a.publisher, -- articles.publisher
    a.share_url -- articles.share_url
  FROM fts3tokenize AS line, search_index AS found, articles AS a
  WHERE line.position = 0 AND a.arrival = found.rowid AND found.search_index MATCH coalesce((
    SELECT CASE WHEN {is_long_word("whole.input")} THEN {three_pairs("whole.input")} ELSE {ALL_WORDS.format("whole.input")} END
    FROM fts3tokenize AS whole WHERE whole.position = 0 AND whole.input = line.input), '""')
  AND (NOT {is_long_word("line.input")} OR instr(a.headline, line.input) OR EXISTS (
    SELECT 1 FROM texts AS r WHERE r.article_id = a.id AND (instr(r.body_text, line.input)
      OR line.input GLOB '*[0-9]*' AND instr({narrow_digits("a.headline || char(10) || r.body_text")}, line.input))));
"""


def found_sql(line: str = ":q", first: str = "0") -> str:
    """SQL: ``arrival``, from *first* on, of the articles that a query *line* finds (SQL expressions), as the view `search` does,
    which looks up the article of each."""
    return f"""SELECT rowid AS arrival FROM search_index
    WHERE search_index MATCH coalesce({ALL_WORDS.format(line)}, '""') AND rowid >= {first} AND NOT {is_long_word(line)}
  UNION ALL SELECT arrival FROM search WHERE q = {line} AND arrival >= {first} AND {is_long_word(line)}"""


SEARCH = f"""
CREATE TABLE search_numbers (
  -- 0 to 1023, to loop over in the views of the search.
  n INTEGER PRIMARY KEY -- 0, 1, ... 1023
);
INSERT INTO search_numbers
  WITH RECURSIVE up (n) AS (VALUES (0) UNION ALL SELECT n + 1 FROM up WHERE n < 1023) SELECT n FROM up;
CREATE VIEW search_pairs AS
  -- What the full-text index is made of: headline and text as pairs of neighbouring characters.
  SELECT
    a.arrival, -- articles.arrival, the index's rowid
    {pairs(narrow("t.body_text"))} AS body, -- pairs of the text
    {pairs(narrow("a.headline"))} AS headline -- pairs of the headline
  FROM articles AS a JOIN texts AS t ON t.article_id = a.id;
CREATE VIRTUAL TABLE search_index
  -- Full-text index over search_pairs; ask it through the view search.
  -- The text comes first: any other column costs two bytes a term, a quarter of the index.
  USING fts5(body, headline, content='search_pairs', content_rowid='arrival',
    tokenize="unicode61 remove_diacritics 0 categories 'L* M* N* P* S* C*'");
INSERT INTO search_index (search_index, rank) VALUES ('rank', 'bm25(1.0, 8.0)');
CREATE TRIGGER search_text_new AFTER INSERT ON texts BEGIN
  {INSERT}{OF_TEXT.format("new")};
END;
CREATE TRIGGER search_text_changes BEFORE UPDATE OF article_id, body_text ON texts
WHEN old.body_text IS NOT new.body_text OR old.article_id IS NOT new.article_id BEGIN
  {DELETE}{OF_TEXT.format("old")};
END;
CREATE TRIGGER search_text_changed AFTER UPDATE OF article_id, body_text ON texts
WHEN old.body_text IS NOT new.body_text OR old.article_id IS NOT new.article_id BEGIN
  {INSERT}{OF_TEXT.format("new")};
END;
CREATE TRIGGER search_text_goes BEFORE DELETE ON texts BEGIN
  -- Nothing happens here where the article went first and took its text along: search_article_goes was before.
  {DELETE}{OF_TEXT.format("old")};
END;
CREATE TRIGGER search_article_new AFTER INSERT ON articles
WHEN EXISTS (SELECT 1 FROM texts WHERE article_id = new.id) BEGIN
  -- Only where foreign keys are off can the text be there before its article.
  {INSERT}new.arrival;
END;
CREATE TRIGGER search_article_changes BEFORE UPDATE OF id, arrival, headline ON articles
WHEN old.headline IS NOT new.headline OR old.arrival IS NOT new.arrival OR old.id IS NOT new.id BEGIN
  {DELETE}old.arrival;
END;
CREATE TRIGGER search_article_changed AFTER UPDATE OF id, arrival, headline ON articles
WHEN old.headline IS NOT new.headline OR old.arrival IS NOT new.arrival OR old.id IS NOT new.id BEGIN
  {INSERT}new.arrival;
END;
CREATE TRIGGER search_article_goes BEFORE DELETE ON articles BEGIN
  {DELETE}old.arrival;
END;
CREATE VIEW search_words AS
  -- The words of a query line, each as the phrases that the index is asked for; always with WHERE q = '...'.
  SELECT
    line.input AS q, -- the query line
    word.key AS position, -- 0, 1, ... in the line
    word.value GLOB '-*' AS excluded, -- 1 for a word that must not occur
    either.value AS word, -- one of the alternatives that | parts
    CASE WHEN length(either.value) = 1 THEN '"' || either.value || '"*' ELSE '"' || (
      SELECT group_concat(substr(either.value, n + 1, 2), ' ')
      FROM (WITH RECURSIVE up (n) AS (
        VALUES (0) UNION ALL SELECT n + 1 FROM up WHERE n < length(either.value) - 2) SELECT n FROM up)) || '"'
    END AS phrase -- of FTS5
  FROM fts3tokenize AS line,
    json_each('["' || replace(substr(json_quote({blanks_replaced(narrow("line.input"))}), 2), ' ', '","') || ']') AS word,
    json_each('["' || replace(substr(json_quote(ltrim(word.value, '-')), 2), '|', '","') || ']') AS either
  WHERE line.position = 0 AND either.value <> '';
{SEARCH_VIEW}INSERT INTO search_index (search_index) VALUES ('rebuild')
"""
