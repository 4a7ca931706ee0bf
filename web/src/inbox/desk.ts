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
  type ShoppersMessageFragment,
  type TypedDocumentString,
} from "../documents/generated";
import { addressOf, isAddressed, LIST_BELOW, ticketOf, viewOf } from "./address";
import { Calls } from "./calls";
import { OpenConversation } from "./conversation";
import { Protection } from "./protection";
import { Sending } from "./sending";
import { EMPTY, shownRows, withoutSilent, withTicket, type Row, type State } from "./state";
import { TicketList } from "./ticket_list";
import { Uploads } from "./uploads";
import { Writings } from "./writing";

export type Action = "take" | "release" | "returnToAgent" | "close" | "reopen" | "retryDelivery";

type Change = Record<string, { ticket: Row | null; errors: { message: string; unseen?: ShoppersMessageFragment[] }[] }>;
type Ticketed<Input> = TypedDocumentString<unknown, { input: Input & { ticketId: string } }>;

const ACTIONS: Record<Action, Ticketed<object>> = {
  take: TakeTicketDocument,
  release: ReleaseTicketDocument,
  returnToAgent: ReturnToAgentDocument,
  close: CloseTicketDocument,
  reopen: ReopenTicketDocument,
  retryDelivery: RetryDeliveryDocument,
};
const SWEEP = 1_000; // milliseconds between two looks for indicators that have expired
const GONE = "This ticket does not exist any more.";
const LEAF = 150; // milliseconds that a ticket must stay chosen before a key press opens it

/** The inbox of one member of staff. Every change of `state` is told to the listener. */
export class Desk {
  state: State = EMPTY;
  changed: () => void = () => {};
  readonly list: TicketList;
  readonly conversation: OpenConversation;
  readonly writings = new Writings();
  readonly sending: Sending;
  readonly uploads: Uploads;
  readonly protection: Protection;
  private readonly calls: Calls;
  private reading: string | null = null; // the ID of the ticket that is being marked as read
  private turns = 0; // of the switch for the availability
  private leafing: ReturnType<typeof setTimeout> | undefined;

  constructor(endpoint: string, credential: Credential) {
    this.calls = new Calls(endpoint, credential, (waits) => this.set({ waits }), ({ message }) => this.set({ trouble: { ticketId: null, text: message } }));
    this.list = new TicketList(this, this.calls);
    this.conversation = new OpenConversation(this, this.calls);
    this.sending = new Sending(this, this.calls, this.writings);
    this.uploads = new Uploads(this.calls, this.writings);
    this.protection = new Protection(this, this.calls);
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
    this.writings.belongTo(me.id);
    await this.readTeam();
    this.set({ view: viewOf(location.search) });
    await this.list.start();
    this.sending.resume();
    setInterval(() => {
      const state = withoutSilent(this.state);
      if (state !== this.state) this.set(state);
    }, SWEEP);
    document.addEventListener("visibilitychange", () => { if (!document.hidden) this.comeBack(); });
    addEventListener("popstate", () => this.followAddress());
    this.followAddress();
  }

  async readTeam(): Promise<void> {
    const { account } = await this.calls.ask(TeamDocument, {});
    this.set({ team: account?.staff ?? [] });
  }

  /** Says whether the member takes new conversations. */
  async setAvailable(available: boolean): Promise<void> {
    const { me } = this.state;
    const input = { availability: available ? "ONLINE" as const : "AWAY" as const };
    const turn = ++this.turns; // the last turn of the switch counts
    const isLast = () => turn === this.turns;
    this.set({ me: me && { ...me, ...input } }); // the switch moves at once
    const failed = (text: string) => { if (isLast()) this.set({ me, trouble: { ticketId: null, text } }); };
    await this.calls.again(async () => {
      const { staff, errors } = (await this.calls.ask(SetAvailabilityDocument, { input })).setAvailability;
      if (!staff) failed(errors[0]?.message ?? "");
      else if (isLast()) this.set({ me: staff });
    }, { wanted: isLast, refused: ({ message }) => failed(message) });
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
    const { open } = this.state;
    const wanted = () => this.state.open?.id === open?.id; // the member has opened nothing else meanwhile
    await this.calls.again(async () => {
      const row = await this.list.one(id);
      if (!wanted()) return;
      if (row) void this.open(row);
      else this.set({ trouble: { ticketId: null, text: GONE } });
    }, { wanted });
  }

  shut(): void {
    clearTimeout(this.leafing);
    this.conversation.close();
    this.writeAddress();
  }

  /**
   * Writes view and ticket into the address of the page. A ticket that is opened from the list has an entry of its own in the
   * browser's history, so that "back" leads to the list, as on every page of a phone. Its next tickets have the same entry.
   */
  writeAddress(): void {
    const { view, open } = this.state;
    const address = addressOf(view, open?.id ?? null);
    if (isAddressed(address)) return;
    const leaves = open !== null && ticketOf(location.hash) === null && history.state !== LIST_BELOW;
    if (leaves) history.pushState(LIST_BELOW, "", address);
    else history.replaceState(history.state, "", address);
  }

  /** Shows what the address says, at the start and whenever the history moves. */
  private followAddress(): void {
    const [id, view] = [ticketOf(location.hash), viewOf(location.search)];
    if (id === null && location.hash) return; // of another part of the page, to which a link skips
    clearTimeout(this.leafing);
    if (id === null && this.state.open) this.conversation.close();
    else if (id !== null && id !== this.state.open?.id) void this.openTicket(id);
    if (view !== this.state.view) void this.list.show({ view });
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

  /** Carries out one of the `ACTIONS` on a ticket. */
  async act(row: Row, action: Action): Promise<void> {
    const given = action === "close" ? { lastSeenSequence: this.conversation.lastSeen(row.conversation.id) } : {};
    if (await this.change(row, ACTIONS[action], given) && action === "take") this.read();
  }

  /** Gives a ticket to a member, or back to the queue. */
  async assign(row: Row, staffId: string | null): Promise<void> {
    await this.change(row, AssignTicketDocument, { staffId });
  }

  async snooze(row: Row, until: Date): Promise<void> {
    const lastSeenSequence = this.conversation.lastSeen(row.conversation.id);
    await this.change(row, SnoozeTicketDocument, { until: until.toISOString(), lastSeenSequence });
    this.list.countIn(0);
  }

  /** The member looks at the page again: the availability may have been switched elsewhere, which no stream tells. */
  private comeBack(): void {
    this.read();
    const { turns } = this;
    this.calls.ask(MeDocument, {}).then(({ me }) => { if (me && turns === this.turns) this.set({ me }); }, () => {});
  }

  /** Tells that the member has seen the open ticket. Only the assignee's look counts. */
  read(): void {
    const { open, thread, me } = this.state;
    if (!thread || !open?.unread || open.assignee?.id !== me?.id || document.hidden || this.reading === open.id) return;
    this.reading = open.id;
    void this.run(open, MarkReadDocument, {}).finally(() => { this.reading = null; });
  }

  /** Runs one command of a ticket at a time: a second press of a key is meant for the state that is on the screen. */
  private async change<Input>(row: Row, document: Ticketed<Input>, given: Input): Promise<boolean> {
    if (this.state.acting.has(row.id)) return false;
    this.set({ acting: new Set(this.state.acting).add(row.id) });
    const failure = await this.run(row, document, given);
    const acting = new Set(this.state.acting);
    acting.delete(row.id);
    this.set({ acting, trouble: failure === null ? this.state.trouble?.ticketId === row.id ? null : this.state.trouble : { ticketId: row.id, text: failure } });
    if (failure === null) this.writings.set(row.conversation.id, { problem: "" }); // it was about the state before
    return failure === null;
  }

  /** Returns why a command was not carried out, or null if it was. */
  private async run<Input>(row: Row, document: Ticketed<Input>, given: Input): Promise<string | null> {
    const input = { ...given, ticketId: row.id, idempotencyKey: random() };
    let failure: string | null = null;
    await this.calls.again(async () => {
      const [payload] = Object.values(await this.calls.ask(document, { input }) as Change);
      const { ticket, errors } = payload!;
      if (ticket) this.set(withTicket(this.state, ticket));
      failure = errors[0]?.message ?? null;
      if (errors[0]?.unseen) this.conversation.showUnseen(row.conversation.id, errors[0].unseen);
    }, { refused: ({ message }) => { failure = message; } });
    return failure;
  }
}
