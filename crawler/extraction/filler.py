"""Filler text ("lorem ipsum"), which stands on a page for what only subscribers see."""

from __future__ import annotations

import re

from crawler.extraction.body import Body
from crawler.extraction.document import text_of
from crawler.extraction.trees import INLINE, is_within, own_text

FILLER = re.compile(r"\b(?:ipsum|ipsam|dolorem?|voluptate[ms]?)\b", re.IGNORECASE)
"""Words of filler text, which few other texts have."""
FILLER_WORDS = frozenset(
    """
a ab accusamus accusantium ad adipisci adipiscing alias aliqua aliquam aliquid amet animi aperiam architecto asperiores aspernatur assumenda
at atque aut autem beatae blanditiis commodi commodo consectetur consequatur consequuntur corporis corrupti culpa cum cumque cupiditate
debitis delectus deleniti deserunt dicta dignissimos distinctio do dolor dolore dolorem doloremque dolores doloribus dolorum ducimus ea
eaque earum eius eiusmod elit enim eos error esse est et eum eveniet ex excepturi exercitationem expedita explicabo facere facilis fuga
fugiat fugit harum hic id illo illum impedit in incididunt incidunt inventore ipsa ipsam ipsum irure iste itaque iure iusto labore
laboriosam laborum laudantium libero magna magnam magni maiores maxime minim minima minus modi molestiae molestias mollitia nam natus
necessitatibus nemo neque nesciunt nihil nisi nobis non nostrum nulla numquam occaecati odio odit officia officiis omnis optio pariatur
perferendis perspiciatis placeat porro possimus praesentium proident provident quae quaerat quam quas quasi qui quia quibusdam quidem quis
quisquam quo quod quos ratione recusandae reiciendis rem repellat repellendus reprehenderit repudiandae rerum saepe sapiente sed sequi
similique sint sit soluta sunt suscipit tempor tempora tempore temporibus tenetur totam ullam unde ut vel velit veniam veritatis vero vitae
voluptas voluptate voluptatem voluptates voluptatibus voluptatum
""".split()  # noqa: SIM905 (a list of this length is no easier to read)
)
"""Words that programs make filler text of."""
FILLED = 0.6  # share of a paragraph's words that are such
LEAST_WORDS = 8  # of a paragraph that is told from a quotation
WORD = re.compile(r"[^\W\d_]+")


def cut_filler(body: Body) -> None:
    """Paragraphs of filler text, which stand for those that only subscribers see; a page of nothing else shows how a template looks."""
    if FILLER.search(text_of(body.element) or "") is None:
        return
    fillers, has_text = [], False
    for line in body.element.iter():
        words = WORD.findall(own_text(line).lower()) if line.tag not in INLINE else []
        if len(words) < LEAST_WORDS:
            continue
        is_filler = sum(map(FILLER_WORDS.__contains__, words)) >= FILLED * len(words)
        has_text = has_text or not is_filler
        if is_filler and line is not body.element:
            fillers.append(line)
    for line in fillers if has_text else ():
        if is_within(line, body.element):
            body.take_out("filler_text", line)
