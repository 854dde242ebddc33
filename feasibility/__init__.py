"""Proposals: written by a consortium, held to the rules, submitted, advised, checked and decided."""
