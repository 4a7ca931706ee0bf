import { questionOf, TOUCH_NAMES } from "../format";
import { secondsOf, span } from "../../pages/durations";
import { CHANNEL_NAMES } from "../../pages/names";
import { money } from "../../pages/numbers";
import { clock } from "../../pages/times";
import { Link } from "../navigation";
import type { Sale, State } from "../state";
import type { View } from "../view";
import { Labelled } from "./list";

/** The orders that the conversations are credited with, each with the touch that earned the credit. */
export function Sales({ state }: { state: State }) {
  const { view, list: { sales }, report, loading } = state;
  const zone = report?.range.timeZone ?? "UTC";
  if (!sales.length) return <p class="empty">{loading ? "Reading." : "No order is credited to these conversations."}</p>;
  return (
    <table class="rows">
      <thead>
        <tr><th scope="col">Conversation</th><th scope="col">Order</th><th scope="col">Amount after refunds</th><th scope="col">Placed</th><th scope="col">Credited because</th></tr>
      </thead>
      <tbody>{sales.map((sale) => <RowOf key={sale.id} sale={sale} view={view} zone={zone} />)}</tbody>
    </table>
  );
}

function RowOf({ sale, view, zone }: { sale: Sale; view: View; zone: string }) {
  const { conversation } = sale;
  return (
    <tr data-id={sale.id}>
      <td class="question">
        <Link to={{ ...view, open: conversation.id }}><bdi>{questionOf(conversation)}</bdi></Link>
        <span class="name"><bdi>{conversation.displayName}</bdi>, {CHANNEL_NAMES[conversation.channel]}, {clock(conversation.startedAt, zone)}</span>
      </td>
      <Labelled label="Order"><bdi>{sale.orderId}</bdi></Labelled>
      <Labelled label="Amount" plain><b>{money(sale.amount)}</b></Labelled>
      <Labelled label="Placed"><time dateTime={sale.placedAt}>{clock(sale.placedAt, zone)}</time></Labelled>
      <Labelled label="Credited because" plain>{reasonOf(sale)}</Labelled>
    </tr>
  );
}

function reasonOf({ touch, touchedAt, placedAt, window }: Sale): string {
  const after = (new Date(placedAt).getTime() - new Date(touchedAt).getTime()) / 1000;
  return `The shopper ${TOUCH_NAMES[touch]} ${span(after)} before. Orders count for ${span(secondsOf(window))}.`;
}
