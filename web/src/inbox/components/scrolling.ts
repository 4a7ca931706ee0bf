import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Desk } from "../desk";
import type { Thread } from "../state";
import type { Entry } from "../timeline";
import type { Pending } from "../writing";

const NEAR = 80; // pixels from the end, within which a new message scrolls the thread to it

/**
 * Keeps the end of the thread on the screen, unless the member reads what is above it. What has been at the end of the screen counts
 * as seen; `below`: the messages that came since.
 */
export function useScrolling(desk: Desk, thread: Thread, entries: readonly Entry[], pending: Pending | null) {
  const { messages, unseen, writers, conversationId } = thread;
  const list = useRef<HTMLDivElement>(null);
  const isAtEnd = useRef(true);
  const before = useRef({ height: 0, first: 0, pending: pending?.key, unseen });
  const last = messages.at(-1)?.sequence ?? 0;
  const [seen, setSeen] = useState(last);
  const see = () => {
    desk.conversation.see(conversationId, last);
    setSeen(last);
  };
  const toEnd = () => {
    isAtEnd.current = true;
    list.current!.scrollTop = list.current!.scrollHeight;
    see();
  };
  const keepEnd = () => {
    const element = list.current; // null: it has just been left
    if (element && isAtEnd.current) element.scrollTop = element.scrollHeight;
  };
  useLayoutEffect(() => {
    const element = list.current!;
    const first = messages[0]?.sequence ?? 0;
    const { current } = before;
    const isWritten = pending !== null && pending.key !== current.pending; // who writes wants to see it
    const isRefused = unseen.length > 0 && unseen !== current.unseen; // and what was written meanwhile
    if (isWritten || isRefused) isAtEnd.current = true;
    // Earlier messages come above what is read, which stays where it is.
    if (first < current.first) element.scrollTop += element.scrollHeight - current.height;
    else if (isAtEnd.current) toEnd();
    before.current = { height: element.scrollHeight, first, pending: pending?.key, unseen };
  }, [entries, writers, unseen, pending]);
  useEffect(() => {
    const observer = new ResizeObserver(keepEnd); // the field grows by files, the window by hand
    observer.observe(list.current!);
    return () => observer.disconnect();
  }, []);
  const scroll = () => {
    const { scrollHeight, scrollTop, clientHeight } = list.current!;
    isAtEnd.current = scrollHeight - scrollTop - clientHeight < NEAR;
    if (isAtEnd.current) see();
  };
  return { list, scroll, keepEnd, toEnd, below: messages.filter(({ sequence }) => sequence > seen).length };
}
