import { useState } from "preact/hooks";
import { RedeliverEventsDocument, RetryDeadLetterDocument, type DeliveryPartsFragment } from "../../documents/generated";
import { when } from "../../pages/times";
import { messageOf, type Office } from "../office";
import { Confirmed } from "../components/confirmed";

interface Props {
  office: Office;
  forwarding: DeliveryPartsFragment;
  name: string;
  reload: () => Promise<void>;
}

type Letter = DeliveryPartsFragment["deadLetters"]["nodes"][number];
type Attempt = DeliveryPartsFragment["attempts"][number];

const OUTCOMES: Record<string, [string, string]> = {
  delivered: ["good", "Delivered"], retrying: ["warm", "Failed"], failed: ["bad", "Given up"], declined: ["bad", "Declined"],
};

/** The latest attempts of a receiver, and its dead letters: the events that were given up. */
export function Deliveries({ office, forwarding, name, reload }: Props) {
  const { attempts, deadLetters, failingSince, nextAttemptAt } = forwarding;
  return (
    <>
      {failingSince && <p class="hint">Nothing was delivered since {when(failingSince)}.{nextAttemptAt && ` The next attempt is at ${when(nextAttemptAt)}.`}</p>}
      <DeadLetters office={office} forwarding={forwarding} name={name} reload={reload} />
      {attempts.length > 0 && (
        <details>
          <summary>The last {attempts.length === 1 ? "delivery" : `${attempts.length} deliveries`}</summary>
          <Attempts attempts={attempts.toReversed()} />
        </details>
      )}
      {!attempts.length && !deadLetters.totalCount && <p class="hint">Nothing was sent yet.</p>}
    </>
  );
}

function Attempts({ attempts }: { attempts: readonly Attempt[] }) {
  return (
    <div class="log">
      <table>
        <thead><tr><th scope="col">Time</th><th scope="col">Result</th><th scope="col">Response</th></tr></thead>
        <tbody>
          {attempts.map(({ at, outcome, httpStatus, error }, number) => {
            const [tone, title] = OUTCOMES[outcome] ?? ["", outcome];
            return <tr key={number}><td>{when(at)}</td><td><span class={`chip ${tone}`}>{title}</span></td><td>{error ?? (httpStatus === null ? "" : `HTTP ${httpStatus}`)}</td></tr>;
          })}
        </tbody>
      </table>
    </div>
  );
}

function DeadLetters({ office, forwarding, name, reload }: Props) {
  const { totalCount, nodes } = forwarding.deadLetters;
  const [results, setResults] = useState<Record<string, string>>({});
  const [said, setSaid] = useState("");
  const [busy, setBusy] = useState(false);
  const send = async (letter: Letter) => {
    setBusy(true);
    let result: string | null = null;
    try {
      const { delivered, error, errors } = (await office.ask(RetryDeadLetterDocument, { input: { deadLetterId: letter.id } })).retryDeadLetter;
      if (!delivered) result = errors[0]?.message ?? error;
    } catch (error) {
      result = messageOf(error);
    }
    setResults((present) => ({ ...present, [letter.id]: result ?? "" }));
    setSaid(result ? "" : "The event was delivered.");
    await reload();
    setBusy(false);
  };
  const redeliver = async (after: string) => {
    try {
      const { errors } = (await office.ask(RedeliverEventsDocument, { input: { forwardingId: forwarding.id, after } })).redeliverEvents;
      setSaid(errors[0]?.message ?? "All later events are on their way again.");
    } catch (error) {
      setSaid(messageOf(error));
    }
    await reload();
  };
  return (
    <>
      {totalCount > 0 && (
        <section class="letters" aria-label={`Events that were not delivered to ${name}`}>
          <h3>Not delivered: {totalCount}</h3>
          {totalCount > nodes.length && <p class="hint">The first {nodes.length} are shown; the others follow as these are sent.</p>}
          <ul>
            {nodes.map((letter) => (
              <li key={letter.id} class="line">
                <div class="grow">
                  <p class="name">{letter.event?.name ?? "An event that no longer exists"}</p>
                  <p class="hint">{letter.event && <>Of {when(letter.event.at)}. </>}Given up {when(letter.at)}: {letter.error}</p>
                  {results[letter.id] && <p role="alert">Again not delivered: {results[letter.id]}</p>}
                </div>
                <div class="row">
                  <button type="button" class="small" disabled={busy || !letter.event} onClick={() => void send(letter)}>Send again</button>
                  {letter.event && <Confirmed action="Send all later ones" question="Send every later event again, in order?" run={() => redeliver(letter.event!.cursor)} />}
                </div>
              </li>
            ))}
          </ul>
        </section>
      )}
      <p role="status" class="hint">{said}</p>
    </>
  );
}
