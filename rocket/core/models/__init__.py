from rocket.core.models.audit import AuditEntry
from rocket.core.models.document import Document
from rocket.core.models.feedback import Feedback
from rocket.core.models.number import NumberSequence
from rocket.core.models.outbox import OutboxMessage
from rocket.core.models.saved_list import SavedList

__all__ = ["AuditEntry", "Document", "Feedback", "NumberSequence", "OutboxMessage", "SavedList"]
