/** What may be chosen in a homomorphic question (specification, "Elections"): bits, within min and max, blank alone. */
import { demand } from "./errors.js";

/** @returns {number} how many ciphertexts an answer has: one for each answer, and one for the blank vote */
export function choiceCount(question) {
  return question.answers.length + (question.blank ? 1 : 0);
}

/**
 * Demand that an answer may be given: bits of the right number, within min and max, blank alone.
 * @param {import("./election.js").Question} question
 * @param {number[]} bits 0 or 1 for each answer, the blank vote first where the question offers it
 */
export function demandAllowed(question, bits) {
  demand(Array.isArray(bits) && bits.length === choiceCount(question), "wrong-number-of-choices");
  demand(bits.every((bit) => bit === 0 || bit === 1), "choice-not-a-bit");
  const chosen = (question.blank ? bits.slice(1) : bits).reduce((total, bit) => total + bit, 0);
  if (question.blank && bits[0] === 1) return demand(chosen === 0, "blank-with-choices");
  demand(chosen >= question.min, "too-few-choices");
  demand(chosen <= question.max, "too-many-choices");
}
