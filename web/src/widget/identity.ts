/**
 * Returns the shop's ID of the customer that an identity token names, or undefined if nobody can read it. The browser
 * checks nothing: it only has to see that the customer is another one, also by a number, which the server refuses. What
 * the token proves is the server's to say.
 */
export function personOf(identityToken: string | undefined): string | undefined {
  try {
    const content = identityToken!.split(".")[1]!.replace(/-/g, "+").replace(/_/g, "/");
    const bytes = Uint8Array.from(atob(content), (character) => character.charCodeAt(0));
    const { sub } = JSON.parse(new TextDecoder().decode(bytes)) as { sub?: unknown };
    return (typeof sub === "string" && sub) || (Number.isSafeInteger(sub) ? String(sub) : undefined);
  } catch {
    return undefined;
  }
}

const ADDRESS = /[^\s@<>()[\],;:"]{1,64}@[^\s@<>()[\],;:"]{1,190}\.[^\s@<>()[\],;:"]{1,60}/u;

/** Returns the first e-mail address in a text, and whether it is all that the text says; undefined if there is none. */
export function emailIn(text: string): { address: string; alone: boolean } | undefined {
  const found = ADDRESS.exec(text)?.[0].replace(/[.!?]+$/, "");
  return found === undefined ? undefined : { address: found, alone: text.replace(found, "").replace(/^[\s<(]+|[\s>).!]+$/g, "") === "" };
}

/** Tells the page that a token was refused: it should get another one from the shop's server, and call `baton.identify`. */
export function askForToken(reason: string): void {
  console.warn(`Baton: the identity token was refused. ${reason}`); // the shop's developers see it nowhere else
  dispatchEvent(new CustomEvent("baton:identity-token-refused"));
}
