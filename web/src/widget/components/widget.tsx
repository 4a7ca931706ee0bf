import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Session } from "../session";
import { unread, type State } from "../state";
import { filled, type Catalog } from "../texts";
import { ChatIcon, CloseIcon } from "./icons";
import { Panel } from "./panel";

interface Props {
  session: Session;
  texts: Catalog;
  locale: string;
  panel: PanelHandle;
}

/** How the page opens and closes the window. */
export interface PanelHandle {
  opened: boolean; // before the widget is drawn
  open: () => void;
  close: () => void;
}

/** The button in the corner of the page, and the window that it opens. */
export function Widget({ session, texts, locale, panel }: Props) {
  const state = useSession(session);
  const [open, setOpen] = useState(panel.opened);
  const launcher = useRef<HTMLButtonElement>(null);
  const close = () => setOpen(false);
  const wasOpen = useRef(open);
  panel.open = () => setOpen(true);
  panel.close = close;
  useEffect(() => session.show(open), [open]);
  useLayoutEffect(() => {
    if (wasOpen.current && !open) launcher.current!.focus(); // which the panel may have hidden
    wasOpen.current = open;
  }, [open]);
  const count = open ? 0 : unread(state);
  const news = count ? filled(texts.unread, { count }) : "";
  return (
    <>
      {open && <Panel session={session} state={state} texts={texts} locale={locale} close={close} />}
      <button
        ref={launcher}
        class="launcher"
        type="button"
        aria-expanded={open}
        aria-label={open ? texts.close : [texts.open, news].filter(Boolean).join(". ")}
        onClick={({ detail }) => { if (detail < 2) setOpen(!open); }} /* the second click of a double one would close it */
      >
        {open ? <CloseIcon /> : <ChatIcon />}
        {count > 0 && <span class="badge" aria-hidden="true">{count > 9 ? "9+" : count}</span>}
      </button>
      <p class="hidden" role="status">{news}</p>
    </>
  );
}

function useSession(session: Session): State {
  const [state, setState] = useState(session.state);
  useEffect(() => {
    session.changed = () => setState(session.state);
    session.changed();
  }, [session]);
  return state;
}
