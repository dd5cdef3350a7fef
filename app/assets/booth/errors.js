/**
 * Named refusals of the voting code. A refusal carries a code, never a sentence: the page that shows it
 * owns the words (they are translated on the server), and a test can name exactly what it expects.
 */

/** Something was checked and found wrong. `where` says which part: {event, question, choice, trustee ...}. */
export class CheckFailed extends Error {
  /**
   * @param {string} code kebab-case name of the check that failed
   * @param {Record<string, number|string>} [where] which part of the document was looked at
   */
  constructor(code, where = {}) {
    const place = Object.entries(where).map(([part, value]) => `${part} ${value}`).join(", ");
    super(place ? `${code} (${place})` : code);
    this.name = "CheckFailed";
    this.code = code;
    this.where = where;
  }
}

/** The input is well formed but uses a part of the protocol that this code does not implement. */
export class Unsupported extends CheckFailed {
  constructor(code, where = {}) {
    super(code, where);
    this.name = "Unsupported";
  }
}

/**
 * Throw CheckFailed unless the condition holds.
 * @param {boolean} condition
 * @param {string} code
 * @param {Record<string, number|string>} [where]
 */
export function demand(condition, code, where) {
  if (!condition) throw new CheckFailed(code, where);
}

/**
 * Run `check`, adding `where` to any CheckFailed that it throws.
 * @template T
 * @param {Record<string, number|string>} where
 * @param {() => T} check
 * @returns {T}
 */
export function within(where, check) {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof CheckFailed)) throw error;
    throw new error.constructor(error.code, { ...where, ...error.where });
  }
}
