"""The commands of the project: arguments in, one call, text out."""
