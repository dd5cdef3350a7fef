/*! ALTCHA: MIT License, Copyright (c) 2023-2026 Daniel Regeci, BAU Software s.r.o. */
/* Computes keys until one fits the challenge; ALTCHA's own worker, as a file of this site. */
import "altcha/workers/pbkdf2";
