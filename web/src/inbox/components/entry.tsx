import { useState } from "preact/hooks";
import { Text } from "../../client/text";
import type { Message } from "../state";
import type { Attempt, Entry, Handoff } from "../timeline";
import { clock, day, full, short } from "../times";
import { channelName, Icon } from "./icons";

const REASONS: Record<Handoff["reason"], string> = {
  AGENT_FAILURE: "the agent failed",
  AGENT_OFF: "the agent was off",
  ESCALATION_RULE: "a rule asks for a human",
  EXPLICIT_ASK: "the shopper asked for a human",
  KNOWLEDGE_GAP: "the agent does not know",
  OTHER: "another reason",
  UNINTELLIGIBLE_INPUT: "the agent does not understand",
};
const DECISIONS = { ACCEPTED: "agreed to talk to a human", DECLINED: "declined to talk to a human", WITHDRAWN: "took the request back" } as const;
const PROGRESS = { WAITING: "Waiting to be sent", SENT: "Sent", DELIVERED: "Delivered", READ: "Read", FAILED: "Not delivered" } as const;

interface EntryProps {
  entry: Entry;
  name: string; // the shopper's
  fresh: boolean; // the member has not seen it before
  removedAt: string | null; // when retention removed the words
  remove: ((message: Message) => void) | null; // asks whether to remove the words of a message; null: the member may not
  isRemoving: boolean; // whether the keyboard reaches that button, which is one more stop a message
}

/** Something in a thread. */
export function EntryItem({ entry, name, ...more }: EntryProps) {
  switch (entry.kind) {
    case "day":
      return <p class="day"><span>{day(entry.at)}</span></p>;
    case "message":
      return <MessageItem message={entry.message} {...more} />;
    case "draft":
      return (
        <article class="item draft">
          <h3><Icon name="hidden" />Draft of the agent <At at={entry.at} /></h3>
          <Text text={entry.draft.text} labels />
          <footer>Nobody saw it: the agent no longer had the conversation.</footer>
        </article>
      );
    case "handoff":
      return <HandoffEvent handoff={entry.handoff} at={entry.at} />;
    case "consent":
      return <ConsentEvent name={name} at={entry.at} consent={entry.consent} />;
    case "attempt":
      return <AttemptEvent attempt={entry.attempt} />;
  }
}

function MessageItem({ message, fresh, removedAt, remove, isRemoving }: { message: Message } & Omit<EntryProps, "entry" | "name">) {
  const { author, kind, delivery, via } = message;
  const side = kind === "NOTE" ? "note" : author.kind === "SHOPPER" ? "theirs" : author.kind === "SYSTEM" ? "batons" : author.kind === "AI_AGENT" ? "agents" : "ours";
  const hasWords = Boolean(message.text || message.attachments.length || message.products.length);
  return (
    <article class={`item ${side}${fresh ? " fresh" : ""}`} data-sequence={message.sequence}>
      <h3>
        <bdi>{author.name}</bdi>
        {kind === "NOTE" && <span class="chip warm">Note</span>}
        {author.kind === "AI_AGENT" && <span class="chip">AI</span>}
        {via && <span class="chip">by {channelName(via)}</span>} <At at={message.sentAt} />
        {remove && hasWords && <button class="quiet small remove" type="button" tabIndex={isRemoving ? 0 : -1} aria-label={`Remove the words of message ${message.sequence}`} title="Remove the words" onClick={() => remove(message)}><Icon name="bin" /></button>}
      </h3>
      {message.redactedAt && <p class="soft">Removed <At at={message.redactedAt} /></p>}
      {!message.redactedAt && removedAt && !message.text && <p class="soft">Removed <At at={removedAt} />, after the time for which words are kept</p>}
      {message.text && <Text text={message.text} labels={author.kind !== "SHOPPER"} />}
      {message.products.length > 0 && <ul class="products">{message.products.map(({ productId, title }) => <li key={productId} class="chip"><bdi>{title}</bdi></li>)}</ul>}
      {message.attachments.map((file) => <File key={file.id} file={file} />)}
      {delivery && <footer class={delivery.progress === "FAILED" ? "bad" : ""}>{PROGRESS[delivery.progress]}{delivery.error && `: ${delivery.error}`}</footer>}
    </article>
  );
}

function File({ file: { name, url, bytes, problem, contentType } }: { file: Message["attachments"][number] }) {
  const [isPicture, setPicture] = useState(contentType.startsWith("image/"));
  const size = bytes < 1024 ** 2 ? `${Math.ceil(bytes / 1024)} KB` : `${(bytes / 1024 ** 2).toFixed(1)} MB`;
  return (
    <p class="file">
      {url && isPicture && <a href={url} target="_blank" rel="noopener noreferrer"><img src={url} alt={name} loading="lazy" onError={() => setPicture(false)} /></a>}
      {url && !isPicture && <a href={url} target="_blank" rel="noopener noreferrer"><bdi>{name}</bdi></a>}
      {!url && <bdi>{name}</bdi>} {(!url || !isPicture) && <span class="soft">{problem ?? size}</span>}
    </p>
  );
}

function HandoffEvent({ handoff: { reason, reasonDetail, summary }, at }: { handoff: Handoff; at: string }) {
  return (
    <div class="event">
      <p>The agent asked for a human: {REASONS[reason]} <At at={at} /></p>
      {reasonDetail && <p class="text" dir="auto">{reasonDetail}</p>}
      {summary && <p class="text summary" dir="auto">{summary}</p>}
    </div>
  );
}

function ConsentEvent({ name, at, consent }: { name: string; at: string; consent: NonNullable<Handoff["consent"]> }) {
  return (
    <details class="event">
      <summary><bdi>{name}</bdi> {DECISIONS[consent.decision]} <At at={at} /></summary>
      <dl>
        <div><dt>Asked</dt><dd dir="auto">{consent.wording}</dd></div>
        <div><dt>Button</dt><dd dir="auto">{consent.actionLabel}</dd></div>
        <div><dt>Shown</dt><dd>{full(consent.offeredAt)}</dd></div>
        <div><dt>Decided</dt><dd>{full(consent.decidedAt)}</dd></div>
        <div><dt>Language</dt><dd>{consent.locale}</dd></div>
        <div><dt>Channel</dt><dd>{channelName(consent.channel)}</dd></div>
        <div><dt>Settings</dt><dd>version {consent.settingsVersion}</dd></div>
      </dl>
    </details>
  );
}

const OUTCOMES: Record<string, string> = { delivered: "The ticket was delivered", retrying: "The delivery failed and is tried again", failed: "The ticket was refused", interrupted: "The delivery was interrupted" };

function AttemptEvent({ attempt: { at, outcome, httpStatus, error } }: { attempt: Attempt }) {
  return (
    <div class={outcome === "delivered" ? "event" : "event bad"}>
      <p>{OUTCOMES[outcome] ?? outcome}{httpStatus !== null && ` (HTTP ${httpStatus})`} <At at={at} /></p>
      {error && <p class="text" dir="auto">{error}</p>}
    </div>
  );
}

function At({ at }: { at: string }) {
  return <time dateTime={at} title={`${short(at)}, ${full(at)}`}>{clock(at)}</time>;
}
