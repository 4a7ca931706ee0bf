import { useLayoutEffect, useRef } from "preact/hooks";
import type { Session } from "../session";
import { asksForEmail, waiting, type Message, type State } from "../state";
import type { Unsent } from "../storage";
import type { Catalog } from "../texts";
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
  const list = useRef<HTMLDivElement>(null);
  const follows = useRef(true);
  const first = useRef<number | undefined>(undefined);
  const height = useRef(0);
  const earliest = state.messages[0]?.sequence;
  useLayoutEffect(() => {
    const element = list.current!;
    const grewAbove = first.current !== undefined && earliest !== undefined && earliest < first.current;
    if (grewAbove) element.scrollTop += element.scrollHeight - height.current; // what was read stays in its place
    else if (follows.current) element.scrollTop = element.scrollHeight;
    first.current = earliest;
    height.current = element.scrollHeight;
  }, [state]);
  const measure = () => {
    const { scrollHeight, scrollTop, clientHeight } = list.current!;
    follows.current = scrollHeight - scrollTop - clientHeight < NEAR;
  };
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
        <button class="quiet" type="button" onClick={() => void session.loadEarlier().catch(() => {})}>{texts.earlier}</button>
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
      {waiting(state).map((message) => <Waiting key={message.key} message={message} session={session} texts={texts} />)}
    </div>
  );
}

/** The reply that the agent writes, or dots. Screen readers hear the whole message, and that somebody types. */
function Growing({ text }: { text: string | null }) {
  return (
    <article class="message growing" aria-hidden="true">
      <div class="bubble">{text ? <Text text={text} labels /> : <span class="dots"><i /><i /><i /></span>}</div>
    </article>
  );
}

function Waiting({ message, session, texts }: { message: Unsent; session: Session; texts: Catalog }) {
  return (
    <article class="message own unsent">
      <div class="bubble">
        <Text text={message.text} />
        {message.attachments.map(({ id, name }) => <p key={id} class="file" dir="auto">{name}</p>)}
      </div>
      <footer>
        {message.failed ? texts.notSent : !message.sent && texts.sending}
        {message.failed && session.sending.isRepeatable(message) && <button class="quiet" type="button" onClick={() => session.sending.retry(message.key)}>{texts.retry}</button>}
        {message.failed && <button class="quiet" type="button" onClick={() => session.sending.discard(message.key)}>{texts.discard}</button>}
      </footer>
    </article>
  );
}
