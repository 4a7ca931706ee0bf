import { follow } from "../client/live";
import { pause, waitAfter } from "../client/pause";
import { refusalOf } from "../pages/connection";
import { FollowInboxDocument, InboxCountsDocument, InboxDocument, OneTicketDocument, SearchTicketsDocument, type ConversationStatus, type InboxCountsQuery } from "../documents/generated";
import { RequestFailed } from "../client/http";
import type { Calls } from "./calls";
import type { Desk } from "./desk";
import { noticeOf, show } from "./notices";
import { countsAfter, isSearch, withInboxItem, withPage, withTicket, type Filter, type InboxItem, type Place, type Row, type View } from "./state";

const COUNTED_AGAIN = 15_000; // milliseconds after a change; the counts move with the stream meanwhile
const HANDED_OVER: ConversationStatus = "NOT_RESOLVED_BY_AI"; // the status of every conversation with a ticket
const COUNTED_SOON = 1_000; // after a change that cannot be counted, since the ticket was not known

/**
 * The list of tickets and the counts of the views. One stream, that of all tickets that are not closed, brings every
 * change; which view a ticket is in, the ticket itself tells. So a change of the view starts no other stream.
 */
export class TicketList {
  private end: (() => void) | null = null;
  private known = new Map<string, Place>(); // of the tickets that are not closed, to tell who had them before a change
  private interrupted = 0; // streams that ended in a row, without an item
  private asked = 0; // number of the latest request for a list
  private arrived: InboxItem[] | null = null; // while a list is read: it may have been read before them
  private counting: { timer: ReturnType<typeof setTimeout>; due: number } | null = null;

  constructor(private readonly desk: Desk, private readonly calls: Calls) {}

  /** Reads counts and list, and then every change after them. Raises `RequestFailed`. */
  async start(): Promise<void> {
    const counts = await this.calls.ask(InboxCountsDocument, {});
    if (!counts.all) throw new RequestFailed("FORBIDDEN", "This key may not read the inbox.");
    this.setCounts(counts);
    this.known.clear();
    await Promise.all([this.load(), this.rereadOpen()]);
    this.end?.();
    const renew = () => void this.calls.again(() => this.start());
    this.end = follow(this.calls.endpoint, this.calls.credential, FollowInboxDocument, { after: counts.all.streamCursor }, {
      next: ({ inbox: item }) => {
        this.interrupted = 0;
        if (!this.desk.state.live) this.desk.set({ live: true, refusal: null });
        if (item?.__typename === "StreamReset") renew();
        else if (item) this.take(item);
      },
      connected: (live) => this.desk.set({ live: live && !this.interrupted }), // a stream that was refused is live with its first item
      refused: () => this.countIn(0), // the stream goes on by itself, with a credential that is good; this asks for one
      failed: (error) => {
        this.desk.set({ live: false, refusal: refusalOf(error) });
        void pause(waitAfter(error, this.interrupted++)).then(renew);
      },
    });
  }

  /** Shows a view, which ends a search, since that one looks through all tickets; or the rows that another filter leaves. */
  async show({ view, filter = {} }: { view?: View; filter?: Partial<Filter> }): Promise<void> {
    const before = this.desk.state;
    const next = { ...before.filter, ...(view && { search: "" }), ...filter };
    this.desk.set({ view: view ?? before.view, filter: next });
    this.desk.writeAddress();
    this.desk.set({ rows: [], more: null, loading: true });
    const asked = ++this.asked;
    await this.calls.again(() => this.load(asked), { wanted: () => this.asked === asked });
    if (this.asked === asked) this.desk.set({ loading: false });
  }

  private async load(asked = ++this.asked): Promise<void> {
    const arrived: InboxItem[] = (this.arrived = []);
    const { rows, more } = await this.page(null).finally(() => { if (this.arrived === arrived) this.arrived = null; });
    if (this.asked !== asked) return;
    this.note(rows);
    this.desk.set({ rows: withPage([], rows), more, loading: false });
    for (const item of arrived) this.desk.set(withInboxItem(this.desk.state, item));
  }

  /** Reads the next page, if there is one. */
  async loadMore(): Promise<void> {
    const { more, loading } = this.desk.state;
    if (!more || loading) return;
    const { asked } = this;
    this.desk.set({ loading: true });
    const done = await this.calls.again(async () => {
      const page = await this.page(more);
      if (this.asked !== asked) return;
      this.note(page.rows);
      this.desk.set({ rows: withPage(this.desk.state.rows, page.rows), more: page.more });
    }, { wanted: () => this.asked === asked });
    if (this.asked === asked) this.desk.set({ loading: false, ...(!done && { more: null }) });
  }

  private async page(after: string | null): Promise<{ rows: readonly Row[]; more: string | null }> {
    const { view, filter } = this.desk.state;
    const { search, channel, tag, assignee, unread } = filter;
    const given = { channel: channel ? [channel] : null, tag: tag ? [tag] : null };
    if (isSearch(filter)) {
      const { conversations } = await this.calls.ask(SearchTicketsDocument, { filter: { ...given, search, status: [HANDED_OVER] }, after });
      return { rows: (conversations?.nodes ?? []).flatMap(({ ticket }) => (ticket && isOurs(ticket) ? [ticket] : [])), more: moreOf(conversations) };
    }
    const isState = view === "SNOOZED" || view === "CLOSED";
    const conditions = { ...given, assigneeId: assignee || null, unread: unread || null };
    const { inbox } = await this.calls.ask(InboxDocument, { view: isState ? "ALL" : view, state: [isState ? view : "OPEN"], filter: conditions, after });
    return { rows: inbox?.nodes ?? [], more: moreOf(inbox) };
  }

  private note(rows: readonly Row[]): void {
    for (const { id, state, assignee } of rows) if (state !== "CLOSED" && !this.known.has(id)) this.known.set(id, { state, assignee });
  }

  private take(item: InboxItem): void {
    const { state } = this.desk;
    const me = state.me?.id ?? "";
    const ticketId = "ticket" in item ? item.ticket.id : item.__typename === "TicketRemoved" ? item.ticketId : null;
    const before = ticketId === null ? undefined : this.known.get(ticketId);
    if ("ticket" in item) this.known.set(item.ticket.id, { state: item.ticket.state, assignee: item.ticket.assignee });
    else if (ticketId !== null) this.known.delete(ticketId);
    this.arrived?.push(item);
    this.desk.set({ ...withInboxItem(state, item), counts: countsAfter(state.counts, item, before, me) });
    if (ticketId !== null) this.countIn(before === undefined && item.__typename !== "TicketAdded" ? COUNTED_SOON : COUNTED_AGAIN);
    if (item.__typename === "TicketRemoved") void this.reread(item.ticketId);
    if (ticketId === state.open?.id) this.desk.read();
    const notice = noticeOf(item, before, me);
    if (notice && !document.hasFocus()) show(notice, () => void this.desk.openTicket(notice.ticketId));
  }

  /** Reads a ticket that was closed, if something shows it in its new state. */
  private async reread(id: string): Promise<void> {
    const { view, filter, open } = this.desk.state;
    if (open?.id !== id && view !== "CLOSED" && !isSearch(filter)) return;
    await this.calls.again(async () => {
      const row = await this.one(id);
      if (row) this.desk.set(withTicket(this.desk.state, row));
    });
  }

  /** Reads the open ticket, which the list need not have. Raises `RequestFailed`. */
  private async rereadOpen(): Promise<void> {
    const { open } = this.desk.state;
    const row = open && await this.one(open.id);
    if (row) this.desk.set(withTicket(this.desk.state, row));
  }

  /** Returns a ticket. Raises `RequestFailed`. */
  async one(id: string): Promise<Row | null> {
    const { node } = await this.calls.ask(OneTicketDocument, { id });
    return node?.__typename === "Ticket" ? node : null;
  }

  /** Counts again after a time. What happened between the position of the stream and the count was counted twice. */
  countIn(wait: number): void {
    const due = performance.now() + wait;
    if (this.counting && this.counting.due <= due) return;
    clearTimeout(this.counting?.timer);
    const count = async () => {
      this.counting = null;
      this.setCounts(await this.calls.ask(InboxCountsDocument, {}));
    };
    this.counting = { due, timer: setTimeout(() => void count().catch(() => this.countIn(COUNTED_AGAIN)), wait) };
  }

  private setCounts({ all, mine, unassigned, snoozed }: InboxCountsQuery): void {
    const size = (list: { totalCount: number } | null) => list?.totalCount ?? 0;
    this.desk.set({ counts: { ALL: size(all), MINE: size(mine), UNASSIGNED: size(unassigned), SNOOZED: size(snoozed) } });
  }
}

/** The tickets that Zendesk or Gorgias accepted are worked on there. */
function isOurs({ helpdesk, delivery }: Row): boolean {
  return helpdesk === "INBOX" || delivery === "FAILED";
}

function moreOf(list: { pageInfo: { hasNextPage: boolean; endCursor: string | null } } | null): string | null {
  return list?.pageInfo.hasNextPage ? list.pageInfo.endCursor : null;
}
