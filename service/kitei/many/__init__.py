"""Many cities at once: each checked in a process of its own, all told in one report."""
