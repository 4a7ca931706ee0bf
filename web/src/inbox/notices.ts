import { ofOrigin } from "../client/storage";
import type { InboxItem, Place } from "./state";

/** A desktop notification. One with the same tag takes the place of the earlier one, also of another tab. */
export interface Notice {
  ticketId: string;
  title: string;
  body: string;
}

export type Permission = "unsupported" | "blocked" | "off" | "on";

const WANTED = "baton:notify";
const LONGEST = 120; // characters

/**
 * Returns the notification for an item of the inbox's stream: a ticket that waits for anybody, one that is this member's
 * now or again, or no longer, or a message of a shopper in one of the member's tickets. `before`: the ticket before it, if known.
 */
export function noticeOf(item: InboxItem, before: Place | undefined, me: string): Notice | null {
  if (item.__typename === "TicketAdded" || item.__typename === "TicketChanged") {
    const { id, assignee, conversation, state } = item.ticket;
    const comes = item.__typename === "TicketAdded" || (before?.state === "SNOOZED" && state === "OPEN");
    const isNew = comes && assignee === null;
    const isMine = assignee?.id === me && (comes || (before !== undefined && before.assignee?.id !== me));
    const isLost = before?.assignee?.id === me && assignee?.id !== me && state !== "CLOSED"; // its snooze ended, or a colleague has given it away
    if (!isNew && !isMine && !isLost) return null;
    const lost = assignee === null ? "Back in the queue" : `Now with ${assignee.name}`;
    const title = `${isLost ? lost : isNew ? "New ticket" : "For you"}: ${conversation.displayName}`;
    return { ticketId: id, title, body: shortened(conversation.lastMessage?.text ?? "") };
  }
  if (item.__typename !== "MessageAdded" || item.message.author.kind !== "SHOPPER") return null;
  const { displayName, ticket } = item.conversation;
  if (!ticket || ticket.assignee?.id !== me) return null;
  return { ticketId: ticket.id, title: displayName, body: shortened(item.message.text) };
}

function shortened(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}

/** Returns whether notifications are shown. Browsers have them in secure contexts only. */
export function permission(): Permission {
  if (!("Notification" in window)) return "unsupported";
  if (Notification.permission === "denied") return "blocked";
  return Notification.permission === "granted" && ofOrigin.get(WANTED) === "on" ? "on" : "off";
}

/** Switches notifications on or off. The browser asks the person the first time. */
export async function switchNotices(): Promise<Permission> {
  const wanted = permission() !== "on";
  if (wanted && Notification.permission === "default") await Notification.requestPermission();
  ofOrigin.set(WANTED, wanted ? "on" : "off");
  return permission();
}

export function show({ ticketId, title, body }: Notice, opened: () => void): void {
  if (permission() !== "on") return;
  try {
    const notification = new Notification(title, { body, tag: ticketId });
    notification.onclick = () => {
      window.focus();
      notification.close();
      opened();
    };
  } catch {
    // Some phones have the name and no notifications of pages.
  }
}
