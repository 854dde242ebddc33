from rocket.accounts.services.roles import grant_role, revoke_role

__all__ = ["grant_role", "revoke_role"]
