import type { Credential } from "../client/credential";
import { execute, RequestFailed } from "../client/http";
import { follow } from "../client/live";
import { backOff, pause, waitAfter } from "../client/pause";
import {
  ConversationsDocument, DashboardDocument, FollowHappeningsDocument, FollowReportDocument, FollowTranscriptDocument, HappeningsDocument, SalesDocument,
  TranscriptDocument, type DateRangeInput, type TypedDocumentString,
} from "../documents/generated";
import { refusalOf } from "../pages/connection";
import { dayIn } from "../pages/times";
import {
  EMPTY, feedOf, listOfRows, listOfSales, refreshed, transcriptOf, withEarlier, withEvent, withItem, withMessages, withNext, type Feed, type Happening, type List, type Report, type State,
} from "./state";
import { daysUntil, eventFilter, HOME, listFilter, listOrder, metricsFilter, rangeInput, sameList, sameReport, soldIn, type View } from "./view";

const PAGE = 25; // rows
const MOST = 100; // rows of one request: longer lists are not read again by themselves
const TAGS = 8; // series by tag
const MOST_EVENTS = 1_000; // in the feed; then it begins anew with the newest ones
const PAST_EVENTS = 100; // of one request, since those after the instant are left out

type Part = "report" | "feed" | "transcript";

/** The dashboard of one account. Every change of `state` is told to the listener. */
export class Board {
  state: State = EMPTY;
  changed: () => void = () => {};
  private readonly turns = { report: 0, list: 0, feed: 0, transcript: 0 }; // a response of an earlier turn is dropped
  private readonly interrupted = { report: 0, feed: 0, transcript: 0 }; // streams that ended in a row, without an item
  private readonly ends: Partial<Record<Part, () => void>> = {};
  private connected = true;
  private reading = false; // the list again
  private readAgain = false;

  constructor(readonly endpoint: string, readonly credential: Credential) {}

  set(change: Partial<State>): void {
    this.state = { ...this.state, ...change };
    this.changed();
  }

  /** Raises `RequestFailed` if the credential may not read metrics, conversations and events. */
  async start(view: View): Promise<void> {
    this.set({ view });
    try {
      await this.load(view);
    } catch (error) {
      // The address may be old or mistyped: then the page begins with the usual report, and says why.
      if (!(error instanceof RequestFailed) || error.passes) throw error;
      const usual = { ...HOME, open: view.open };
      this.set({ view: usual });
      await this.load(usual);
      this.set({ trouble: error.message });
    }
    if (view.open) void this.open(view.open);
  }

  /**
   * The days of the report on the page. A preset moves on at midnight, and its lists have to move with the numbers: while the
   * report is that of the view, they are of the days that it says.
   */
  days(view: View): DateRangeInput {
    const { report, reported } = this.state;
    if (!report || !sameReport(reported, view)) return rangeInput(view.range);
    const { start, end } = report.range;
    return { between: { start, end } };
  }

  /** Shows another view, and reads what is not there. */
  show(view: View): void {
    const before = this.state.view;
    const same = sameReport(before, view);
    this.state = { ...this.state, view, trouble: null, listTrouble: null, ...(!same && { loading: true }) };
    setTimeout(() => this.changed()); // the page is drawn while the requests are on their way
    if (!same) void this.again(() => this.load(this.state.view), () => sameReport(this.state.view, view));
    else {
      if (!sameList(before, view)) void this.again(() => this.loadList(this.state.view), () => sameList(this.state.view, view), "listTrouble");
      if (before.event !== view.event) void this.again(() => this.loadFeed(), () => this.state.view.event === view.event);
    }
    if (before.open !== view.open || (view.open && before.asOf !== view.asOf)) void this.open(view.open); // only the present is followed
  }

  /** Reads the whole page in one request, and follows it. */
  private async load(view: View): Promise<void> {
    const turn = ++this.turns.report;
    const [list, feed] = [++this.turns.list, ++this.turns.feed];
    const live = view.asOf === null;
    const data = await this.ask(DashboardDocument, {
      ...this.reported(view), asOf: view.asOf, bySale: view.list.of === "sales", soldIn: soldIn(view, rangeInput(view.range)), order: listOrder(view),
      listed: listFilter(view, rangeInput(view.range)), first: PAGE, live, on: eventFilter(view, rangeInput(view.range)),
    });
    if (turn !== this.turns.report) return;
    const { me, metrics, sold, conversations, events } = data;
    if (!metrics) throw new RequestFailed("FORBIDDEN", "This key may not read metrics.");
    const { tags, ...report } = metrics;
    this.set({
      name: me?.name ?? "", report, reported: view, tags: tags.map(({ key }) => key).filter(isTag), loading: false, trouble: null, listTrouble: null,
      ...(list === this.turns.list && { list: sold ? listOfSales(view.list, sold.sales) : listOfRows(view.list, conversations!) }),
      ...(events && feed === this.turns.feed && { feed: feedOf(events) }),
    });
    this.end("report");
    this.end("feed");
    if (live) {
      this.judge(true);
      this.followReport(view);
      this.followFeed(view);
    } else void this.again(() => this.loadFeed(), () => turn === this.turns.report);
  }

  private reported(view: View) {
    return { range: rangeInput(view.range), filter: metricsFilter(view), group: view.group, top: view.group === "TAG" ? TAGS : null, byStatus: view.group === "STATUS" };
  }

  private followReport(view: View): void {
    this.ends.report = follow(this.endpoint, this.credential, FollowReportDocument, this.reported(view), {
      next: ({ metrics }) => {
        this.heard("report");
        if (sameReport(this.state.view, view)) this.take(metrics);
      },
      connected: (connected) => this.judge(connected),
      ...this.renewing("report", () => this.load(this.state.view), () => sameReport(this.state.view, view)),
    });
  }

  /** A report came: whatever changed in it changed in the list as well. */
  private take(report: Report): void {
    const before = this.state.report;
    if (JSON.stringify(before) !== JSON.stringify(report)) this.set({ report });
    const moved = JSON.stringify(before?.range) !== JSON.stringify(report.range); // a preset moved on at midnight
    if (moved || before?.asOf !== report.asOf) this.reread();
    if (moved) void this.again(() => this.loadFeed(), () => true);
  }

  /** Reads the list that is shown again, one request at a time. */
  private reread(): void {
    const { view, list } = this.state;
    const length = Math.max(PAGE, list.rows.length, list.sales.length);
    if (length > MOST) return this.set({ list: { ...list, changed: true } });
    this.readAgain = this.reading;
    if (this.reading) return;
    this.reading = true;
    const turn = this.turns.list;
    void this.again(async () => {
      const read = await this.readList(view, length, null);
      const { list: { rows, sales } } = this.state;
      if (turn === this.turns.list && length >= Math.max(rows.length, sales.length)) this.set({ list: read });
    }, () => turn === this.turns.list, "listTrouble").finally(() => {
      this.reading = false;
      if (this.readAgain) this.reread();
    });
  }

  /** Reads the list from its first row. */
  async refresh(): Promise<void> {
    const { view } = this.state;
    await this.again(() => this.loadList(view), () => this.state.view === view, "listTrouble");
  }

  private async loadList(view: View, first = PAGE): Promise<void> {
    const turn = ++this.turns.list;
    const list = await this.readList(view, first, null);
    if (turn === this.turns.list) this.set({ list, listTrouble: null });
  }

  /** Reads the next page of the list. */
  async loadMore(): Promise<void> {
    const { view } = this.state;
    const turn = this.turns.list;
    await this.again(async () => {
      for (let done = false; !done && turn === this.turns.list;) {
        const { more } = this.state.list;
        const next = more && await this.readList(view, PAGE, more);
        done = !next || this.state.list.more === more; // otherwise the list was read again meanwhile, and ends elsewhere
        if (next && done && turn === this.turns.list) this.set({ list: withNext(this.state.list, next) });
      }
    }, () => turn === this.turns.list, "listTrouble");
  }

  private async readList(view: View, first: number, after: string | null): Promise<List> {
    const { asOf, list } = view;
    if (list.of === "conversations") {
      const { conversations } = await this.ask(ConversationsDocument, { listed: listFilter(view, this.days(view)), order: listOrder(view), asOf, first, after });
      return listOfRows(list, conversations!);
    }
    const { sold } = await this.ask(SalesDocument, { soldIn: soldIn(view, this.days(view)), filter: metricsFilter(view), asOf, first, after });
    return listOfSales(list, sold!.sales);
  }

  /** Reads the newest events, and follows them if the page is live. */
  private async loadFeed(): Promise<void> {
    const { view } = this.state;
    const turn = ++this.turns.feed;
    const feed = await this.readFeed(view, null);
    if (turn !== this.turns.feed) return;
    this.set({ feed });
    this.end("feed");
    if (view.asOf === null) this.followFeed(view);
  }

  /** Reads earlier events. */
  async loadEarlier(): Promise<void> {
    const { view, feed: { more } } = this.state;
    const turn = this.turns.feed;
    if (!more) return;
    await this.again(async () => {
      const earlier = await this.readFeed(view, more);
      if (turn === this.turns.feed && this.state.feed.more === more) this.set({ feed: withEarlier(this.state.feed, earlier) });
    }, () => turn === this.turns.feed);
  }

  private async readFeed(view: View, after: string | null): Promise<Feed> {
    const { range: days } = this.state.report!;
    const past = view.asOf !== null;
    const on: DateRangeInput = past ? { between: daysUntil(days, dayIn(new Date(view.asOf!), days.timeZone)) } : rangeInput(view.range);
    const { events } = await this.ask(HappeningsDocument, { on: eventFilter(view, on), first: past ? PAST_EVENTS : PAGE, after });
    return feedOf(events!);
  }

  /** Follows the feed from its newest event on. Where the stream cannot begin there, the newest events are read again. */
  private followFeed(view: View): void {
    const turn = this.turns.feed;
    const current = () => turn === this.turns.feed;
    const { feed: { events } } = this.state;
    const refresh = () => this.again(async () => {
      const newest = await this.readFeed(view, null);
      if (current()) this.set({ feed: refreshed(this.state.feed, newest) });
    }, current);
    this.ends.feed = follow(this.endpoint, this.credential, FollowHappeningsDocument, { on: eventFilter(view, rangeInput(view.range)), after: events[0]?.cursor }, {
      next: ({ events: item }) => {
        this.heard("feed");
        if (item.__typename === "EventHappened") this.happened(item.event);
        else if (item.__typename === "StreamReset" || (item.__typename === "StreamReady" && !item.resumed)) void refresh();
      },
      connected: () => {},
      ...this.renewing("feed", () => this.again(() => this.loadFeed(), () => sameFeed(this.state.view, view)), current),
      refused: () => void refresh(), // as of every stream: the request tells whether the credential has ended for good
    });
  }

  private happened(event: Happening): void {
    this.set({ feed: withEvent(this.state.feed, event) });
    if (this.state.feed.events.length > MOST_EVENTS) void this.again(() => this.loadFeed(), () => true);
  }

  private async open(id: string | null): Promise<void> {
    this.end("transcript");
    const turn = ++this.turns.transcript;
    if (this.state.transcript?.head.id !== id) this.interrupted.transcript = 0;
    if (this.state.transcript && this.state.transcript.head.id !== id) this.set({ transcript: null });
    if (id !== null) await this.again(() => this.loadTranscript(id, turn), () => turn === this.turns.transcript);
  }

  private async loadTranscript(id: string, turn: number): Promise<void> {
    const { conversation } = await this.ask(TranscriptDocument, { id });
    if (turn !== this.turns.transcript) return;
    if (!conversation) return this.set({ trouble: "There is no such conversation, or not any more." });
    const { messages: { nodes, pageInfo }, streamCursor, ...head } = conversation;
    this.set({ transcript: transcriptOf(head, nodes, pageInfo.hasPreviousPage ? pageInfo.startCursor : null) });
    this.end("transcript");
    if (this.state.view.asOf !== null) return;
    const renew = () => this.open(id);
    this.ends.transcript = follow(this.endpoint, this.credential, FollowTranscriptDocument, { id, after: streamCursor }, {
      next: ({ conversation: item }) => {
        this.heard("transcript");
        const { transcript } = this.state;
        if (item.__typename === "StreamReset") void renew();
        else if (transcript?.head.id === id) this.set({ transcript: withItem(transcript, item) });
      },
      connected: () => {},
      ...this.renewing("transcript", renew, () => turn === this.turns.transcript),
    });
  }

  /** Reads earlier messages of the transcript. */
  async loadEarlierMessages(): Promise<void> {
    const { transcript } = this.state;
    if (!transcript?.earlier) return;
    const { head: { id }, earlier } = transcript;
    await this.again(async () => {
      const { conversation } = await this.ask(TranscriptDocument, { id, before: earlier });
      const present = this.state.transcript;
      if (!conversation || present?.earlier !== earlier) return;
      const { nodes, pageInfo } = conversation.messages;
      this.set({ transcript: { ...withMessages(present, nodes), earlier: pageInfo.hasPreviousPage ? pageInfo.startCursor : null } });
    }, () => this.state.transcript?.head.id === id);
  }

  private heard(part: Part): void {
    this.interrupted[part] = 0;
    if (!this.state.live) this.judge();
  }

  /** Says whether the page is live: connected, and with every stream. One that was refused is live with its first item. */
  private judge(connected = this.connected): void {
    this.connected = connected;
    const live = connected && Object.values(this.interrupted).every((ended) => ended === 0);
    if (live !== this.state.live) this.set({ live, ...(live && { refusal: null }) });
  }

  /** Ends every stream. */
  close(): void {
    for (const part of ["report", "feed", "transcript"] as const) this.end(part);
  }

  private end(part: Part): void {
    this.ends[part]?.();
    delete this.ends[part];
  }

  /**
   * A stream that ended for good is begun again from a new state, as long as it is wanted. After the end of an access
   * token it goes on by itself, with the next one.
   */
  private renewing(part: Part, renew: () => Promise<void>, wanted: () => boolean) {
    const failed = (error: unknown) => {
      const wait = waitAfter(error, this.interrupted[part]++);
      if (wanted()) this.set({ refusal: refusalOf(error) });
      this.judge();
      void pause(wait).then(() => (wanted() ? this.again(renew, wanted) : undefined));
    };
    return { refused: () => {}, failed };
  }

  /** Runs a task until its result is known, as long as it is wanted. `place`: where a refusal is told. */
  private async again(task: () => Promise<void>, wanted: () => boolean, place: "trouble" | "listTrouble" = "trouble"): Promise<void> {
    for (let failures = 0; wanted(); failures++) {
      try {
        await task();
        return failures ? this.judge(true) : undefined;
      } catch (error) {
        if (!(error instanceof RequestFailed)) throw error;
        if (!error.passes) return this.set({ [place]: error.message, loading: false });
        this.judge(false);
        await pause(Math.max(error.retryAfter, backOff(failures)));
      }
    }
  }

  private ask<Result, Variables>(document: TypedDocumentString<Result, Variables>, variables: Variables): Promise<Result> {
    return execute(this.endpoint, this.credential, document, variables);
  }
}

function sameFeed(one: View, other: View): boolean {
  return one.event === other.event && sameReport(one, other);
}

function isTag(key: string): boolean {
  return key !== "" && key !== "*"; // conversations without a tag, and tags that are counted together
}
