/* Makes a passkey, or asks one: fetch the challenge, let the browser answer it, send the answer. Without this script,
 * or where a passkey cannot be bound to the address, codes do the same. */
const isNamed = !/^[\d.]+$|:/.test(window.location.hostname);

async function send(url, token, body) {
  const headers = { "X-CSRFToken": token, "Content-Type": "application/json", Accept: "application/json" };
  const answer = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
  if (!answer.ok) {
    throw new Error((await answer.json()).code);
  }
  return answer.json();
}

async function act(place) {
  const { passkey, challenge, act: kind, csrf, next } = place.dataset;
  const options = await send(challenge, csrf, {});
  const credential =
    kind === "create"
      ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
      : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
  await send(passkey, csrf, credential.toJSON());
  window.location.assign(next);
}

const canParse = typeof PublicKeyCredential === "function" && PublicKeyCredential.parseRequestOptionsFromJSON;
document.querySelectorAll("[data-passkey]").forEach((place) => {
  place.hidden = !(isNamed && canParse);
  const refused = document.querySelector("[data-passkey-refused]");
  place.querySelector("button").addEventListener("click", () => {
    refused.hidden = true;
    act(place).catch(() => {
      refused.hidden = false;
    });
  });
});
