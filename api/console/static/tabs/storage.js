// What the page keeps in the browser. Session storage lasts as long as this browser tab and is alone allowed to hold the
// credential and the extra headers; local storage outlives it and gets texts without secrets.

const PREFIX = "baton.";

class Area {
  constructor(open) {
    this.open = open;
  }

  // Returns null for what is missing or unreadable, also where the browser blocks storage.
  read(key) {
    try {
      return JSON.parse(this.open().getItem(PREFIX + key));
    } catch {
      return null;
    }
  }

  // A full or blocked storage loses the value; the page works on.
  write(key, value) {
    try {
      this.open().setItem(PREFIX + key, JSON.stringify(value));
    } catch {
      this.remove(key);
    }
  }

  remove(key) {
    try {
      this.open().removeItem(PREFIX + key);
    } catch {
      // nothing is stored where storage is blocked
    }
  }
}

export const session = new Area(() => sessionStorage);
export const local = new Area(() => localStorage);

export const bareCredential = (text) => text.trim().replace(/^bearer\s+/i, "");

// Returns the text with every secret replaced by "…".
export function withoutSecrets(text, secrets) {
  return secrets
    .map(bareCredential)
    .filter(Boolean)
    .reduce((clean, secret) => clean.replaceAll(secret, "…"), text);
}
