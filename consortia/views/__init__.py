"""Pages of organisations and invitations."""
