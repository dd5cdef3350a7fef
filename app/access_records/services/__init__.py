"""Writers of access records and of the register of systems."""
