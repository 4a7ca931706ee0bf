import type { Desk } from "../desk";
import type { Colleague, Facts, Row, Thread } from "../state";
import { mayRedact } from "../protection";
import { full, short } from "../times";
import { Hold } from "./protection";

const NAMES: [keyof Facts["contact"], string][] = [["name", "Name"], ["email", "E-mail"], ["phone", "Phone"], ["externalId", "Customer"]];
const STATUS = { OPEN: "Open", RESOLVED_BY_AI: "Resolved by the agent", NOT_RESOLVED_BY_AI: "Not resolved by the agent", CLOSED: "Closed" } as const;
const CONTROL = { AI_AGENT: "The agent", QUEUE: "Nobody yet", HUMAN_AGENT: "A human", HELPDESK: "The helpdesk", NOBODY: "Nobody: it has ended" } as const;

interface Props {
  desk: Desk;
  open: Row;
  thread: Thread | null;
  me: Colleague | null;
  isRemoving: boolean; // whether the keyboard reaches the button of each message that removes its words
  setRemoving: (isRemoving: boolean) => void;
  close: () => void;
}

/** Who the shopper is, and what is known of the ticket. A claim of a browser is marked as one. */
export function Details({ desk, open, thread, me, isRemoving, setRemoving, close }: Props) {
  const { conversation, createdAt, snoozedUntil, waitingSince } = open;
  const { controller } = conversation;
  return (
    <aside class="details" aria-label="Details">
      <div class="row head"><h2>Details</h2><button class="quiet small" type="button" onClick={close}>Hide</button></div>
      {thread && <Contact contact={thread.facts.contact} />}
      <h3>Conversation</h3>
      <dl>
        {thread && <Fact name="Began" at={thread.facts.startedAt} />}
        {thread && <div><dt>Outcome</dt><dd>{STATUS[thread.facts.status]}</dd></div>}
        <div><dt>Has control</dt><dd>{controller.staff ? <bdi>{controller.staff.name}</bdi> : CONTROL[controller.kind]}</dd></div>
        {conversation.tags.length > 0 && <div><dt>Tags</dt><dd class="tags">{conversation.tags.map((tag) => <span key={tag} class="chip"><bdi>{tag}</bdi></span>)}</dd></div>}
      </dl>
      <h3>Ticket</h3>
      <dl>
        <Fact name="Created" at={createdAt} />
        {waitingSince && <Fact name="Waits since" at={waitingSince} />}
        {snoozedUntil && <Fact name="Comes back" at={snoozedUntil} />}
        <div><dt>Assignee</dt><dd>{open.assignee ? <bdi>{open.assignee.name}</bdi> : "Nobody"}</dd></div>
      </dl>
      {thread && <Hold desk={desk} thread={thread} me={me} />}
      {mayRedact(me) && (
        <>
          <h3>Words</h3>
          {isRemoving && <p class="soft">Each message of the thread has a button now.</p>}
          <button class="small" type="button" onClick={() => setRemoving(!isRemoving)}>{isRemoving ? "Done" : "Remove words…"}</button>
        </>
      )}
    </aside>
  );
}

function Contact({ contact }: { contact: Facts["contact"] }) {
  const known = NAMES.flatMap(([field, name]) => (contact[field] ? [{ name, ...contact[field] }] : []));
  return (
    <>
      <h3>Shopper</h3>
      {known.length > 0
        ? (
          <dl>
            {known.map(({ name, value, verified }) => (
              <div key={name}><dt>{name}</dt><dd><bdi>{value}</bdi> <span class={verified ? "chip good" : "chip warm"} title={verified ? "Proved by the shop, the channel or a link in a mail" : "A browser says so"}>{verified ? "proved" : "claimed"}</span></dd></div>
            ))}
          </dl>
        )
        : <p class="soft">Nothing is known of the shopper.</p>}
    </>
  );
}

function Fact({ name, at }: { name: string; at: string }) {
  return <div><dt>{name}</dt><dd><time dateTime={at} title={full(at)}>{short(at)}</time></dd></div>;
}
