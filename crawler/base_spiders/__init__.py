"""What spiders share, from all of the archive down to those of lists that are polled in rounds: `archive` <- `asking` <- `article` …,
`imports`. The spiders that have a name are in `crawler.spiders`."""
