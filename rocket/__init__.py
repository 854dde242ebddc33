"""ROCKET: a portal for cross-border innovation programmes, from the call to the last product."""
