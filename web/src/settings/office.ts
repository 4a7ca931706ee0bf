import { useEffect, useRef, useState } from "preact/hooks";
import type { Credential } from "../client/credential";
import { execute, RequestFailed } from "../client/http";
import { MeDocument, SaveAccountDocument, SettingsDocument, type SettingsQuery, type StaffRole, type TypedDocumentString, type UpdateAccountInput } from "../documents/generated";
import type { Refusals } from "./edits";
import { ROLES } from "./names";

export type Ask = <Result, Variables>(document: TypedDocumentString<Result, Variables>, variables: Variables) => Promise<Result>;

/** The settings, as they were last read, of an account whose member is signed in. */
export interface Settings {
  me: NonNullable<SettingsQuery["me"]>;
  account: NonNullable<SettingsQuery["account"]>;
  handoff: NonNullable<SettingsQuery["handoffSettings"]>;
  agent: NonNullable<SettingsQuery["agentSettings"]>;
  model: SettingsQuery["connectedModel"];
}

/** The settings, and the ways to change them: the argument of every section. */
export interface Office {
  settings: Settings;
  /** Runs an operation of the public API as the member. Raises `RequestFailed`. */
  ask: Ask;
  /** Takes settings over that a mutation returned. */
  put: (part: Partial<Settings> | ((present: Settings) => Partial<Settings>)) => void;
  /** Reads all settings again. Raises `RequestFailed`. */
  reload: () => Promise<void>;
}

/** Returns what to tell a member who may not change the settings. */
export function notForYou({ role }: { role: StaffRole | null }): string {
  return `Owners, admins and managers change the settings.${role ? ` Your role is ${ROLES[role][0]}.` : ""}`;
}

const MAY_CHANGE: readonly (StaffRole | null)[] = ["OWNER", "ADMIN", "MANAGER"];

export function mayChange({ me }: Settings): boolean {
  return MAY_CHANGE.includes(me.role);
}

export function askAs(endpoint: string, credential: Credential): Ask {
  return (document, variables) => execute(endpoint, credential, document, variables);
}

/** Returns the settings. Raises `RequestFailed`, also if the credential is not that of a member of staff who may change them. */
export async function readSettings(ask: Ask): Promise<Settings> {
  const { me, account, handoffSettings, agentSettings, connectedModel } = await ask(SettingsDocument, {}).catch(async (error: unknown) => {
    const { me: member } = error instanceof RequestFailed && error.code === "FORBIDDEN" ? await ask(MeDocument, {}) : { me: null };
    throw member ? new RequestFailed("FORBIDDEN", notForYou(member)) : error;
  });
  if (!me) throw new RequestFailed("FORBIDDEN", "This key belongs to no member of staff.");
  if (!account || !handoffSettings || !agentSettings) throw new RequestFailed("FORBIDDEN", "This key may not read the settings.");
  return { me, account, handoff: handoffSettings, agent: agentSettings, model: connectedModel };
}

/** Returns the office of a member whose settings were read. */
export function useOffice(ask: Ask, read: Settings): Office {
  const [settings, setSettings] = useState(read);
  return {
    settings,
    ask,
    put: (part) => setSettings((present) => ({ ...present, ...(typeof part === "function" ? part(present) : part) })),
    reload: async () => setSettings(await readSettings(ask)),
  };
}

export interface Loaded<Data> {
  data: Data | null;
  problem: string | null;
  reload: () => Promise<void>;
  put: (change: (data: Data) => Data) => void;
}

/** Changes the account, unless somebody else has changed it since it was read. Returns the refusals. Raises `RequestFailed`. */
export async function saveAccount({ ask, put, settings }: Office, input: Omit<UpdateAccountInput, "expectedVersion">): Promise<Refusals> {
  const { account, errors } = (await ask(SaveAccountDocument, { input: { ...input, expectedVersion: settings.account.version } })).updateAccount;
  if (account) put({ account });
  return errors;
}

/**
 * Loads something each time its section is shown, and again on request. What was read before a change is dropped: it may not
 * have the change.
 */
export function useLoaded<Data>(load: () => Promise<Data>, shown = true): Loaded<Data> {
  const [data, setData] = useState<Data | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const turn = useRef(0);
  const reading = useRef(0); // the turn of the read that is on its way
  const reload = async () => {
    const mine = reading.current = ++turn.current;
    const [read, failure] = await load().then((found) => [found, null] as const, (error: unknown) => [null, messageOf(error)] as const);
    if (mine !== turn.current) return;
    reading.current = 0;
    if (failure === null) setData(read);
    setProblem(failure);
  };
  const put = (change: (data: Data) => Data) => {
    const again = reading.current === turn.current;
    turn.current++;
    setData((present) => present && change(present));
    if (again) void reload();
  };
  useEffect(() => { if (shown) void reload(); }, [shown]);
  return { data, problem, reload, put };
}

export function messageOf(error: unknown): string {
  return error instanceof RequestFailed && error.code !== "NETWORK" && error.message || "The server did not respond. Try again.";
}

/** Returns the list with an item in the place of the one with its ID, or at the end. */
export function withItem<Item extends { id: string }>(list: readonly Item[], item: Item): Item[] {
  return list.some(({ id }) => id === item.id) ? list.map((each) => (each.id === item.id ? item : each)) : [...list, item];
}
