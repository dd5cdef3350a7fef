"""Writers of accounts: registration, sign-in, passwords, roles."""
