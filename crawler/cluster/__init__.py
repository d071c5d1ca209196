"""One crawl on several machines: parts of a list, and a queue that workers share."""


class QueueProblem(ValueError):
    """A queue that cannot be used as it is; the message says why, and the line that fixes it."""
