import { VIEWS, type View } from "./state";

const TICKET = "#ticket="; // with the ID of the open ticket: a link or a reload opens it again

/** The state of an entry of the browser's history below which is the list. */
export const LIST_BELOW = "list below";

/** Returns the address of a view, and of a ticket in it. */
export function addressOf(view: View, ticketId: string | null): string {
  return `${location.pathname}${view === "ALL" ? "" : `?view=${view}`}${ticketId === null ? "" : TICKET + encodeURIComponent(ticketId)}`;
}

/** Returns the view that an address names; the first one if it names none. */
export function viewOf(search: string): View {
  const named = new URLSearchParams(search).get("view");
  return VIEWS.find((view) => view === named) ?? VIEWS[0]!;
}

/** Returns the ID of the ticket that an address names, or null. */
export function ticketOf(hash: string): string | null {
  if (!hash.startsWith(TICKET)) return null;
  try {
    return decodeURIComponent(hash.slice(TICKET.length)) || null;
  } catch {
    return null; // it was mistyped
  }
}

/** Returns whether the page has this address. */
export function isAddressed(address: string): boolean {
  return address === location.pathname + location.search + location.hash;
}
