"""The archive for agents: the tools of `finews mcp`, and the fence that keeps them from what was not known yet."""
