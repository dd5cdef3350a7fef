"""The kinds of question that a ballot answers; homomorphic ones so far."""
