/** Returns a random text of 32 digits. `crypto.randomUUID` exists in secure contexts only. */
export function random(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
