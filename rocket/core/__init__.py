"""The ground floor: money, texts, predicates, states, audit trail, outbox, documents. Knows nothing of programmes."""
