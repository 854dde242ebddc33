"""The bench: how long the portal takes, beside a bare Django view in the same server. ``script/bench`` runs it.

Nothing of the product imports it. Its settings add one middleware, one table and three addresses to the portal's own.
"""
