"""A made-up newsroom on loopback: sample articles, generated ones, and faults on demand."""
