/** Saving and reading the trustee's key file. */

/**
 * Make a link save these bytes under this name; `onSaved` is called when it is followed.
 * @param {HTMLAnchorElement} link
 * @param {Uint8Array} bytes
 * @param {string} name
 * @param {() => void} onSaved
 */
export function offerDownload(link, bytes, name, onSaved) {
  if (link.href.startsWith("blob:")) URL.revokeObjectURL(link.href);
  link.href = URL.createObjectURL(new Blob([bytes], { type: "application/octet-stream" }));
  link.download = name;
  link.addEventListener("click", onSaved, { once: true });
}

/** @param {File} file @returns {Promise<Uint8Array>} */
export async function readFile(file) {
  return new Uint8Array(await file.arrayBuffer());
}

/** Ask before a page is left that holds something which was not saved yet. @returns {() => void} to stop asking */
export function askBeforeLeaving() {
  const ask = (event) => event.preventDefault();
  globalThis.addEventListener("beforeunload", ask);
  return () => globalThis.removeEventListener("beforeunload", ask);
}
