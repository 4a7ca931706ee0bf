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

/** Tells the page that a token was refused: it should get another one from the shop's server, and call `baton.identify`. */
export function askForToken(reason: string): void {
  console.warn(`Baton: the identity token was refused. ${reason}`); // the shop's developers see it nowhere else
  dispatchEvent(new CustomEvent("baton:identity-token-refused"));
}
