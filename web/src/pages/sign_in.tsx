import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { RequestFailed } from "../client/http";
import { backOff, pause } from "../client/pause";
import { ofTab } from "../client/storage";
import { Brand, Pages } from "./header";
import { comingBack, linkOf, provider, redeem, StaffKey, StaffSession, takeLink, type StaffCredential } from "./credentials";
import "./sign_in.css";

const SIGNING_IN = "Signing in …";
const NOTICE = "baton:sign-in-notice"; // for the page after its reload

interface Props<Opened> {
  /** Of the page, above the form. */
  title: string;
  /** Opens the page. Raises `RequestFailed` if the credential is not enough for it. */
  open: (credential: StaffCredential) => Promise<Opened>;
  /** Shows what `open` returned; `leave` signs out. */
  children: (opened: Opened, leave: () => void) => ComponentChildren;
}

/**
 * A page for members of staff: it lets them sign in, by the account's provider, by the demo's one-time link or by a key,
 * and then shows what is inside.
 *
 *     <SignIn title="Inbox" open={async (credential) => new Desk(credential)}>
 *       {(desk, leave) => <Inbox desk={desk} leave={leave} />}
 *     </SignIn>
 */
export function SignIn<Opened>({ title, open, children }: Props<Opened>) {
  const [opened, setOpened] = useState<{ page: Opened; credential: StaffCredential } | null>(null);
  const [notice, setNotice] = useState(takeNotice);
  const [door, setDoor] = useState<{ busy: string } & Missed>({ busy: SIGNING_IN, problem: "" });

  const enter = async (credential: StaffCredential): Promise<void> => {
    for (let failures = 0; ; failures++) {
      try {
        const page = await open(credential);
        if (credential instanceof StaffKey) credential.keep();
        credential.ended = reload;
        return setOpened({ page, credential });
      } catch (error) {
        const passes = error instanceof RequestFailed && error.passes;
        if (!passes) throw error;
        setDoor((shown) => ({ ...shown, busy: "No connection. Trying again." }));
        await pause(Math.max(error.retryAfter, backOff(failures)));
      }
    }
  };
  const enterByKey = async (key: string): Promise<void> => {
    setNotice("");
    setDoor({ busy: SIGNING_IN, problem: "" });
    const credential = new StaffKey(key);
    await enter(credential).catch(async (error: unknown) => {
      const problem = textOf(error);
      if (mayBeGood(error)) credential.keep();
      else await credential.leave();
      setDoor({ busy: "", problem, ...(mayBeGood(error) && { held: credential }) });
    });
  };
  const leave = async (credential: StaffCredential): Promise<void> => {
    credential.ended = () => {};
    for (let failures = 0; ; failures++) {
      try {
        await credential.leave();
        return location.reload(); // which also ends the page's streams
      } catch (error) {
        setOpened(null);
        setDoor({ busy: "Signing out. No connection, trying again.", problem: "" });
        await pause(Math.max(error instanceof RequestFailed ? error.retryAfter : 0, backOff(failures)));
      }
    }
  };

  useEffect(() => {
    void arrive(enter).then((missed) => missed && setDoor({ busy: "", ...missed }));
  }, []);
  if (opened) return <>{children(opened.page, () => void leave(opened.credential))}{notice && <Notice text={notice} close={() => setNotice("")} />}</>;
  const { held, busy, problem } = door;
  return <Door title={title} busy={busy} problem={[notice, problem].filter(Boolean).join(" ")} enter={(key) => void enterByKey(key)} leave={held && (() => void leave(held))} />;
}

interface Missed {
  problem: string;
  /** A credential that is good, but not for this page. */
  held?: StaffCredential;
}

/** Enters with what the browser has: a link, a key of this tab, a session. Returns null, or what to tell if there is none. */
async function arrive(enter: (credential: StaffCredential) => Promise<void>): Promise<Missed | null> {
  let problem = "";
  const link = takeLink();
  if (link) await redeem(link).catch((error: unknown) => { problem = textOf(error); });
  for (const credential of [StaffKey.kept(), await StaffSession.kept()]) {
    try {
      if (!credential) continue;
      await enter(credential);
      return null;
    } catch (error) {
      problem ||= textOf(error);
      if (credential && (credential instanceof StaffSession || mayBeGood(error))) return { problem, held: credential };
      await credential?.leave();
    }
  }
  return { problem };
}

/** Whether the credential that a page refused may be good for another one: a member has not every right. */
function mayBeGood(error: unknown): boolean {
  return !(error instanceof RequestFailed && error.refusesCredential);
}

/** Why the page was loaded again, over a page that is open. */
function Notice({ text, close }: { text: string; close: () => void }) {
  return <div class="notice" role="alert"><p>{text}</p><button type="button" class="small" onClick={close}>Close</button></div>;
}

interface DoorProps {
  title: string;
  /** What is going on; empty if the form is to be shown. */
  busy: string;
  problem: string;
  enter: (key: string) => void;
  leave?: (() => void) | undefined;
}

function Door({ title, busy, problem, enter, leave }: DoorProps) {
  const [key, setKey] = useState("");
  const [address, setAddress] = useState<string | null>(null);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => { provider().then(setAddress, () => {}); }, []);
  useEffect(() => { if (!busy) field.current?.focus(); }, [busy]);
  if (busy) return <main class="door"><h1>{title}</h1><p role="status">{busy}</p></main>;
  return (
    <main class="door card">
      <Brand />
      <h1>{title}</h1>
      {address && <a class="button primary" href={comingBack(address)} onClick={(event) => { event.currentTarget.href = comingBack(address); }}>Sign in with your company's account</a>}
      <form onSubmit={(event) => { event.preventDefault(); if (key.trim()) enter(key.trim()); }}>
        <label for="key">Key of a member of staff</label>
        <input ref={field} id="key" type="password" autocomplete="off" required value={key} onInput={(event) => setKey(event.currentTarget.value)} aria-describedby="help problem" />
        <p id="problem" role="alert">{problem}</p>
        <button class={address ? undefined : "primary"}>Sign in</button>
      </form>
      {leave && <><Pages /><button type="button" class="quiet" onClick={leave}>Sign out</button></>}
      <p id="help">
        For the demo account: open the link that <code>make run</code> prints, or get a new one with <code>.venv/bin/baton demo --link</code>.
        Its key is <code>ownerKey</code> in <code>.baton/credentials.json</code>. A key stays in this tab.
      </p>
    </main>
  );
}

// The browser may have kept a page over a sign-out, to show it again on the way back: whose it is now is asked anew.
addEventListener("pageshow", ({ persisted }) => { if (persisted) location.reload(); });

// A link that is pasted over an open page changes the fragment alone, for which no browser loads the page.
addEventListener("hashchange", () => { if (linkOf(location.hash)) location.reload(); });

let told = false; // once: a person who wants to save what is typed may refuse that the page is left

function reload(reason: string): void {
  if (told) return;
  told = true;
  ofTab.set(NOTICE, reason);
  location.reload();
}

function takeNotice(): string {
  const notice = ofTab.get(NOTICE) ?? "";
  ofTab.remove(NOTICE);
  return notice;
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
