import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Session } from "../session";
import { asksForEmail, isOpen, waiting, type Message, type State } from "../state";
import type { Unsent } from "../storage";
import { filled, type Catalog } from "../texts";
import { IdentityForm } from "./identity_form";
import { MessageItem } from "./message";
import { Text } from "../../client/text";

const NEAR = 80; // pixels from the end within which the thread follows new messages

interface Props {
  session: Session;
  state: State;
  texts: Catalog;
  locale: string;
}

export function Thread({ session, state, texts, locale }: Props) {
  const { list, measure, toEnd, below } = useScroll(state);
  // Screen readers read what is new, and not the history: not when it arrives, nor again after an interruption.
  const read = useRef<{ id?: string; sequence: number }>({ sequence: 0 });
  const { conversation } = state;
  if (conversation && conversation.id !== read.current.id) read.current = { id: conversation.id, sequence: state.seen };
  const offer = state.messages.findLast(({ kind }) => kind === "HANDOFF_OFFER");
  const item = (message: Message) => (
    <MessageItem
      key={message.sequence}
      message={message}
      texts={texts}
      locale={locale}
      session={session}
      asked={message === offer && conversation?.handoff?.state === "OFFERED"}
    />
  );
  return (
    <div ref={list} class="thread" tabIndex={0} onScroll={measure}>
      {state.earlier && (
        <button class="quiet" type="button" onClick={() => void session.loadEarlier()}>{texts.earlier}</button>
      )}
      <div class="messages">
        {state.settings && !state.earlier && (
          <article class="message"><div class="bubble"><Text text={state.settings.greeting} labels /></div></article>
        )}
        {state.messages.filter(({ sequence }) => sequence <= read.current.sequence).map(item)}
      </div>
      <div class="messages" role="log" aria-live="polite">
        {state.messages.filter(({ sequence }) => sequence > read.current.sequence).map(item)}
      </div>
      {asksForEmail(state) && <IdentityForm session={session} state={state} texts={texts} />}
      {state.typing && <Growing text={state.typing.text} />}
      {waiting(state).map((message) => <Waiting key={message.key} message={message} session={session} texts={texts} open={isOpen(state)} />)}
      {below > 0 && <button class="newer" type="button" onClick={toEnd}>{filled(texts.unread, { count: below })}</button>}
    </div>
  );
}

/** Follows the end of the thread, unless the shopper reads what is above it; `below`: messages of others that came meanwhile. */
function useScroll(state: State) {
  const list = useRef<HTMLDivElement>(null);
  const follows = useRef(true);
  const first = useRef<number | undefined>(undefined);
  const height = useRef(0);
  const written = useRef(state.unsent.at(-1)?.at ?? 0);
  const last = state.messages.at(-1)?.sequence ?? 0;
  const [read, setRead] = useState(last); // `sequence` of the last message that was at the end of the screen
  const earliest = state.messages[0]?.sequence;
  const toEnd = () => {
    const element = list.current!;
    follows.current = true;
    element.scrollTop = element.scrollHeight;
    setRead(last);
  };
  useLayoutEffect(() => {
    const element = list.current!;
    const grewAbove = first.current !== undefined && earliest !== undefined && earliest < first.current;
    const latest = state.unsent.at(-1)?.at ?? 0;
    if (latest > written.current || earliest === undefined) follows.current = true; // who writes wants to see it
    written.current = Math.max(latest, written.current);
    if (grewAbove) element.scrollTop += element.scrollHeight - height.current; // what was read stays in its place
    else if (follows.current) toEnd();
    first.current = earliest;
    height.current = element.scrollHeight;
  }, [state]);
  useEffect(() => {
    const element = list.current!;
    const observer = new ResizeObserver(() => { if (follows.current) element.scrollTop = element.scrollHeight; });
    for (const one of [element, ...element.querySelectorAll(".messages")]) observer.observe(one); // the keyboard of a phone, a picture
    return () => observer.disconnect();
  }, []);
  const measure = () => {
    const { scrollHeight, scrollTop, clientHeight } = list.current!;
    follows.current = scrollHeight - scrollTop - clientHeight < NEAR;
    if (follows.current) setRead(last);
  };
  const below = state.messages.filter(({ sequence, author }) => sequence > read && author.kind !== "SHOPPER").length;
  return { list, measure, toEnd, below };
}

/** The reply that the agent writes, or dots. Screen readers hear the whole message, and that somebody types. */
function Growing({ text }: { text: string | null }) {
  return (
    <article class="message growing" aria-hidden="true">
      <div class="bubble">{text ? <Text text={text} labels /> : <span class="dots"><i /><i /><i /></span>}</div>
    </article>
  );
}

function Waiting({ message, session, texts, open }: { message: Unsent; session: Session; texts: Catalog; open: boolean }) {
  const { sending } = session;
  const discard = () => sending.discard(message.key);
  const repeatable = sending.isRepeatable(message);
  return (
    <article class="message own unsent">
      <div class="bubble">
        <Text text={message.text} />
        {message.attachments.map(({ id, name }) => <p key={id} class="file" dir="auto">{name}</p>)}
      </div>
      <footer>
        {message.failed ? texts.notSent : !message.sent && texts.sending}
        {message.failed && repeatable && <button class="quiet" type="button" onClick={() => sending.retry(message.key)}>{texts.retry}</button>}
        {message.failed && !repeatable && open && <button class="quiet" type="button" onClick={() => session.choose(discard)}>{texts.attach}</button>}
        {message.failed && <button class="quiet" type="button" onClick={discard}>{texts.discard}</button>}
      </footer>
    </article>
  );
}
