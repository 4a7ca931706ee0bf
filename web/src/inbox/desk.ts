import type { Credential } from "../client/credential";
import { RequestFailed } from "../client/http";
import { random } from "../client/random";
import {
  AssignTicketDocument,
  CloseTicketDocument,
  MarkReadDocument,
  MeDocument,
  ReleaseTicketDocument,
  ReopenTicketDocument,
  RetryDeliveryDocument,
  ReturnToAgentDocument,
  SetAvailabilityDocument,
  SnoozeTicketDocument,
  TakeTicketDocument,
  TeamDocument,
  type TypedDocumentString,
} from "../documents/generated";
import { Calls } from "./calls";
import { OpenConversation } from "./conversation";
import { EMPTY, shownRows, VIEWS, withoutSilent, withTicket, type Row, type State, type View } from "./state";
import { TicketList } from "./ticket_list";

export type Action = "take" | "release" | "returnToAgent" | "close" | "reopen" | "retryDelivery" | "read";

type Change = Record<string, { ticket: Row | null; errors: { message: string }[] }>;
type Ticketed<Input> = TypedDocumentString<unknown, { input: Input & { ticketId: string } }>;

const ACTIONS: Record<Action, Ticketed<object>> = {
  take: TakeTicketDocument,
  release: ReleaseTicketDocument,
  returnToAgent: ReturnToAgentDocument,
  close: CloseTicketDocument,
  reopen: ReopenTicketDocument,
  retryDelivery: RetryDeliveryDocument,
  read: MarkReadDocument,
};
const TICKET = "#ticket="; // in the page's address, with the ID of the open ticket: a link or a reload opens it again
const SWEEP = 1_000; // milliseconds between two looks for indicators that have expired
const LEAF = 150; // milliseconds that a ticket must stay chosen before a key press opens it

/** The inbox of one member of staff. Every change of `state` is told to the listener. */
export class Desk {
  state: State = EMPTY;
  changed: () => void = () => {};
  readonly list: TicketList;
  readonly conversation: OpenConversation;
  private readonly calls: Calls;
  private leafing: ReturnType<typeof setTimeout> | undefined;

  constructor(endpoint: string, credential: Credential) {
    this.calls = new Calls(endpoint, credential, (waits) => this.set({ waits }), (trouble) => this.set({ trouble }));
    this.list = new TicketList(this, this.calls);
    this.conversation = new OpenConversation(this, this.calls);
  }

  set(change: Partial<State>): void {
    this.state = { ...this.state, ...change };
    this.changed();
  }

  /** Raises `RequestFailed` if the key is not that of a member who may read the inbox. */
  async start(): Promise<void> {
    const { me } = await this.calls.ask(MeDocument, {});
    if (!me) throw new RequestFailed("FORBIDDEN", "This key belongs to no member of staff.");
    this.set({ me });
    await this.readTeam();
    const view = new URLSearchParams(location.search).get("view");
    if (VIEWS.includes(view as View)) this.set({ view: view as View });
    await this.list.start();
    setInterval(() => {
      const state = withoutSilent(this.state);
      if (state !== this.state) this.set(state);
    }, SWEEP);
    document.addEventListener("visibilitychange", () => { if (!document.hidden) this.read(); });
    if (location.hash.startsWith(TICKET)) void this.openTicket(decodeURIComponent(location.hash.slice(TICKET.length)));
  }

  async readTeam(): Promise<void> {
    const { account } = await this.calls.ask(TeamDocument, {});
    this.set({ team: account?.staff ?? [] });
  }

  /** Says whether the member takes new conversations. */
  async setAvailable(available: boolean): Promise<void> {
    const { me } = this.state;
    const input = { availability: available ? "ONLINE" as const : "AWAY" as const };
    this.set({ me: me && { ...me, ...input } }); // the switch moves at once
    await this.calls.again(async () => {
      const { staff, errors } = (await this.calls.ask(SetAvailabilityDocument, { input })).setAvailability;
      this.set({ me: staff ?? me, trouble: errors[0]?.message ?? null });
    });
  }

  async open(row: Row): Promise<void> {
    clearTimeout(this.leafing);
    const opened = this.conversation.open(row);
    this.writeAddress();
    await opened;
  }

  async openTicket(id: string): Promise<void> {
    const known = this.state.rows.find((row) => row.id === id);
    if (known) return this.open(known);
    await this.calls.again(async () => {
      const row = await this.list.one(id);
      if (row) void this.open(row);
    });
  }

  shut(): void {
    clearTimeout(this.leafing);
    this.conversation.close();
    this.writeAddress();
  }

  /** Writes view and ticket into the address of the page. */
  writeAddress(): void {
    const { view, open } = this.state;
    history.replaceState(null, "", `${location.pathname}${view === "ALL" ? "" : `?view=${view}`}${open ? TICKET + encodeURIComponent(open.id) : ""}`);
  }

  /** Goes to the ticket below (1) or above (-1) in the list. */
  leaf(by: 1 | -1): void {
    const rows = shownRows(this.state);
    const index = rows.findIndex(({ id }) => id === this.state.open?.id);
    const row = rows[index < 0 ? 0 : index + by];
    if (!row) return;
    this.conversation.choose(row);
    clearTimeout(this.leafing);
    this.leafing = setTimeout(() => void this.open(row), LEAF);
  }

  /** Carries out one of the `ACTIONS` on the open ticket. */
  async act(action: Action): Promise<void> {
    await this.change(ACTIONS[action], {});
    if (action === "take") this.read();
  }

  /** Gives the open ticket to a member, or back to the queue. */
  assign(staffId: string | null): Promise<void> {
    return this.change(AssignTicketDocument, { staffId });
  }

  async snooze(until: Date): Promise<void> {
    await this.change(SnoozeTicketDocument, { until: until.toISOString() });
    this.list.countIn(0);
  }

  /** Tells that the member has seen the open ticket. Only the assignee's look counts. */
  read(): void {
    const { open, thread, me } = this.state;
    if (thread && open?.unread && open.assignee?.id === me?.id && !document.hidden) void this.act("read");
  }

  private async change<Input>(document: Ticketed<Input>, given: Input): Promise<void> {
    const ticketId = this.state.open?.id;
    if (!ticketId) return;
    const input = { ...given, ticketId, idempotencyKey: random() };
    await this.calls.again(async () => {
      const [payload] = Object.values(await this.calls.ask(document, { input }) as Change);
      const { ticket, errors } = payload!;
      const trouble = errors[0]?.message ?? (document === MarkReadDocument ? this.state.trouble : null);
      this.set({ ...(ticket && withTicket(this.state, ticket)), trouble });
    });
  }
}
