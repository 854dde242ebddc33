from rocket.accounts.models.role_grant import RoleGrant
from rocket.accounts.models.user import User

__all__ = ["RoleGrant", "User"]
