import { Avatar } from "../../pages/avatar";
import type { Row, Writer } from "../state";
import { ago, short } from "../times";
import { channelName, Icon } from "./icons";

interface Props {
  row: Row;
  me: string | undefined;
  writers: readonly Writer[] | undefined;
  now: number;
}

/** A ticket in the list. */
export function Summary({ row, me, writers = [], now }: Props) {
  const { conversation, unread } = row;
  const isFresh = unread && row.state !== "CLOSED";
  return (
    <>
      <Avatar name={conversation.displayName} />
      <span class={isFresh ? "who fresh" : "who"}>
        <bdi>{conversation.displayName}</bdi>
        <time dateTime={conversation.lastMessageAt} title={short(conversation.lastMessageAt)}>{ago(conversation.lastMessageAt, now)}</time>
      </span>
      <span class="last">
        {writers.length > 0 ? <em><Icon name="pen" /><bdi>{writers.map(({ name }) => name).join(", ")}</bdi> is writing…</em> : <LastMessage row={row} />}
        {isFresh && <b class="dot"><span class="unseen">unread</span></b>}
      </span>
      <span class="meta">
        <span class="chip"><Icon name={conversation.channel} />{channelName(conversation.channel)}</span>
        <Owner row={row} me={me} now={now} />
      </span>
    </>
  );
}

function LastMessage({ row: { conversation: { lastMessage, transcriptRemovedAt } } }: { row: Row }) {
  if (!lastMessage) return null;
  const { author, kind, redactedAt } = lastMessage;
  const text = lastMessage.text || (redactedAt || transcriptRemovedAt ? "(removed)" : "(no text)");
  const by = kind === "NOTE" ? "Note: " : author.kind === "SHOPPER" || author.kind === "SYSTEM" ? "" : `${author.name}: `;
  return <span class="line" dir="auto">{by && <bdi>{by}</bdi>}{text.slice(0, 200)}</span>;
}

function Owner({ row, me, now }: { row: Row; me: string | undefined; now: number }) {
  const { assignee, state, snoozedUntil, waitingSince, delivery } = row;
  return (
    <>
      {delivery === "FAILED" && <span class="chip bad">Not delivered</span>}
      {state === "CLOSED" && <span class="chip"><Icon name="check" />Closed</span>}
      {state === "SNOOZED" && snoozedUntil && <span class="chip warm"><Icon name="clock" />until {short(snoozedUntil)}</span>}
      {assignee && <span class={assignee.id === me ? "chip good" : "chip"}>{assignee.id === me ? "You" : <bdi>{assignee.name}</bdi>}</span>}
      {!assignee && state === "SNOOZED" && <span class="chip warm">Unassigned</span>}
      {!assignee && state === "OPEN" && <span class="chip warm">{waitingSince ? `Waits ${ago(waitingSince, now)}` : "Unassigned"}</span>}
    </>
  );
}
