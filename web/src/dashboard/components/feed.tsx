import { useState } from "preact/hooks";
import type { EventType } from "../../documents/generated";
import { EVENT_NAMES, questionOf } from "../format";
import { span } from "../../pages/durations";
import { CHANNEL_NAMES, REASON_NAMES } from "../../pages/names";
import { clock } from "../../pages/times";
import { go, Link, useBoard } from "../navigation";
import { upTo, type Happening, type State } from "../state";
import { EVENTS } from "../view";

/** The business events of these days, the newest first. */
export function Feed({ state }: { state: State }) {
  const { view, feed, report } = state;
  const board = useBoard();
  const [busy, setBusy] = useState(false);
  const events = upTo(feed.events, view.asOf);
  const more = () => {
    setBusy(true);
    void board.loadEarlier().finally(() => setBusy(false));
  };
  return (
    <section class="card feed" aria-labelledby="feed">
      <div class="row title">
        <h2 id="feed">Events</h2>
        <select class="small" aria-label="Type of events" value={view.event ?? ""} onChange={(event) => go(board, { ...view, event: (event.currentTarget.value || null) as EventType | null })}>
          <option value="">All</option>
          {EVENTS.map((type) => <option key={type} value={type}>{EVENT_NAMES[type]}</option>)}
        </select>
      </div>
      {view.tag.length > 0 && <p class="remark">The events are those of all tags.</p>}
      <ol tabIndex={0} aria-label="Events">
        {events.map((event) => (
          <li key={event.id}>
            <Link to={{ ...view, open: event.conversation.id }}>
              <i class={`dot ${event.type}`} />
              <span class="what"><b>{EVENT_NAMES[event.type]}</b> <bdi>{event.snapshot.displayName}</bdi></span>
              <time dateTime={event.at}>{clock(event.at, report?.range.timeZone ?? "UTC")}</time>
              <span class="detail"><bdi>{detailOf(event)}</bdi></span>
            </Link>
          </li>
        ))}
        {!events.length && <li class="empty">{feed.more ? "Nothing among the latest events." : "Nothing happened in these days."}</li>}
        {feed.more && <li><button type="button" class="small quiet" disabled={busy} onClick={more}>Earlier events</button></li>}
      </ol>
    </section>
  );
}

function detailOf(event: Happening): string {
  switch (event.__typename) {
    case "ConversationEscalatedEvent":
      return `To a human: ${REASON_NAMES[event.reason]}`;
    case "ConversationResolvedEvent":
      return `In ${span(event.resolutionSeconds)}, on ${CHANNEL_NAMES[event.channel]}`;
    case "ProductRecommendedEvent":
      return event.products.map(({ title }) => title).join(", ");
    default:
      return questionOf(event.snapshot);
  }
}
