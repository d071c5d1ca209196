"""What a publisher changed of an article: its texts one after the other, compared, and shown."""
