/** @returns {string} the name under which a trustee's key file is saved */
export function keyFileName(electionUuid, trusteeNumber) {
  return `trustee-${electionUuid}-${trusteeNumber}.age`;
}
