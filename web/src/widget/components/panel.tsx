import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Session } from "../session";
import { closedByBack } from "../back";
import { isOpen, type State } from "../state";
import { filled, type Catalog } from "../texts";
import { Composer } from "./composer";
import { CloseIcon } from "./icons";
import { Thread } from "./thread";

const COVERING = "(max-width: 480px), (max-height: 480px)"; // as in the style sheet

export interface PanelProps {
  session: Session;
  state: State;
  texts: Catalog;
  locale: string;
  close: () => void;
}

export function Panel({ session, state, texts, locale, close }: PanelProps) {
  const panel = useRef<HTMLDialogElement>(null);
  useCovering(panel, close);
  useEffect(() => {
    const seen = () => { if (!document.hidden) session.see(); };
    seen();
    document.addEventListener("visibilitychange", seen);
    return () => document.removeEventListener("visibilitychange", seen);
  }, [state.messages]);
  useKeptFocus(panel);
  const { settings } = state;
  return (
    <dialog
      ref={panel}
      class="panel"
      aria-label={filled(texts.chatWith, { shop: settings?.shopName ?? "…" })}
      onKeyDown={(event) => { if (event.key === "Escape" && !event.isComposing) close(); }}
      onCancel={(event) => { if (event.target === event.currentTarget) { event.preventDefault(); close(); } }} /* not of a choice of files */
      onClose={({ currentTarget }) => { if (!currentTarget.open) close(); }} /* a phone may close it without asking */
    >
      <div class="head">
        <div>
          <h2 dir="auto">{partner(state) ?? "…"}</h2>
          <p>{subtitle(state, texts)}</p>
        </div>
        {isOpen(state) && <End session={session} texts={texts} />}
        <button class="icon" type="button" aria-label={texts.close} onClick={close}><CloseIcon /></button>
      </div>
      <Thread session={session} state={state} texts={texts} locale={locale} />
      <p class="status" role="status">{status(state, texts)}</p>
      <Composer key={state.session} session={session} state={state} texts={texts} />
    </dialog>
  );
}

/** Makes the panel modal while it covers the whole page: nothing behind it takes the focus or a key, and Back closes it. */
function useCovering(panel: RefObject<HTMLDialogElement | null>, close: () => void): void {
  const closeNow = useRef(close);
  closeNow.current = close;
  useLayoutEffect(() => {
    const element = panel.current!;
    const covering = matchMedia(COVERING);
    let leave: (() => void) | null = null;
    const show = () => {
      const covers = covering.matches && element.getClientRects().length > 0; // the page may hide the widget
      const focused = (element.getRootNode() as ShadowRoot).activeElement as HTMLElement | null;
      if (element.open) element.close();
      if (covers) element.showModal();
      else element.show();
      if (focused && element.contains(focused)) focused.focus();
      if (covers) leave ??= closedByBack(() => { leave = null; closeNow.current(); });
    };
    show();
    covering.addEventListener("change", show);
    return () => {
      covering.removeEventListener("change", show);
      leave?.();
    };
  }, []);
}

/**
 * Puts the focus into the field when the button that had it vanishes. Only a focus that the keyboard gave counts, or that of a form
 * into which the person has typed: on a phone its keyboard is open.
 */
function useKeptFocus(panel: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const element = panel.current!;
    const root = element.getRootNode() as ShadowRoot;
    let last: Element | null = null;
    element.addEventListener("focusin", ({ target }) => {
      last = target instanceof Element && (target.matches(":focus-visible") || target.closest(".identity")) ? target : null;
    });
    const observer = new MutationObserver(() => {
      if (!last || last.isConnected) return;
      last = null;
      if (!root.activeElement && document.activeElement === document.body) element.querySelector("textarea")!.focus();
    });
    observer.observe(element, { childList: true, subtree: true });
    return () => observer.disconnect();
  }, []);
}

function End({ session, texts }: Pick<PanelProps, "session" | "texts">) {
  const [asked, setAsked] = useState<boolean | null>(null); // null: not yet
  const end = useRef<HTMLButtonElement>(null);
  const question = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => { if (asked !== null) (asked ? question : end).current!.focus(); }, [asked]);
  if (!asked) return <button ref={end} class="quiet" type="button" onClick={() => setAsked(true)}>{texts.end}</button>;
  return (
    <span class="question" role="group" aria-label={texts.endQuestion}>
      <button ref={question} class="quiet danger" type="button" onClick={({ detail }) => { if (detail < 2) void session.close(); }}>{texts.end}</button>
      <button class="quiet" type="button" onClick={() => setAsked(false)}>{texts.cancel}</button>
    </span>
  );
}

function partner({ conversation, settings }: State): string | undefined {
  return conversation?.controller.staff?.name ?? settings?.agentName;
}

function subtitle({ conversation, settings }: State, texts: Catalog): string {
  if (conversation?.awaitsTeam) return texts.waiting;
  return settings?.shopName ?? "";
}

function status(state: State, texts: Catalog): string {
  if (!state.live) return texts.reconnecting;
  if (state.trouble === "refused") return texts.refused;
  if (state.trouble === "unavailable") return texts.unavailable;
  if (state.conversation && !isOpen(state)) return texts.ended;
  if (state.settings?.live === false && !isOpen(state)) return texts.unavailable;
  return state.typing ? filled(texts.typing, { name: state.typing.name }) : "";
}
