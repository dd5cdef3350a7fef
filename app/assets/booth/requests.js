/** The pages' few requests: documents of the election, and one POST each. */
import { CheckFailed } from "./errors.js";

/** Fetch a document's exact bytes. @returns {Promise<Uint8Array>} @throws CheckFailed("no-connection" | "not-served") */
export async function fetchBytes(url) {
  let response;
  try {
    response = await fetch(url, { headers: { Accept: "application/json, application/octet-stream" } });
  } catch {
    throw new CheckFailed("no-connection");
  }
  if (!response.ok) throw new CheckFailed("not-served");
  return new Uint8Array(await response.arrayBuffer());
}

/** A refusal by the server, in its own words (problem+json, RFC 9457). */
export class Refused extends Error {
  constructor({ status, code, title, detail, advice }) {
    super(title);
    Object.assign(this, { status, code, title, detail, advice });
  }
}

/**
 * POST exact JSON text.
 * @param {string} url
 * @param {string} body
 * @param {string} csrfToken
 * @returns {Promise<any>} the answer's JSON, or {} when it has none
 * @throws Refused, CheckFailed("no-connection")
 */
export async function postJson(url, body, csrfToken) {
  let response;
  try {
    response = await fetch(url, {
      method: "POST",
      body,
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": csrfToken },
    });
  } catch {
    throw new CheckFailed("no-connection");
  }
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw refusalOf(response.status, answer);
  return answer;
}

function refusalOf(status, { code, title, detail, advice, type }) {
  return new Refused({ status, code: code ?? type?.split("/").pop(), title, detail, advice });
}
