import { useState } from "preact/hooks";
import {
  DeleteWebhookDocument, PingWebhookDocument, RotateWebhookDocument, UpdateWebhookDocument, type EventType, type UpdateWebhookEndpointInput,
} from "../../documents/generated";
import { useForm } from "../form";
import { EVENTS } from "../names";
import { when } from "../../pages/times";
import { messageOf, type Office } from "../office";
import { Confirmed } from "../components/confirmed";
import { Deliveries } from "./deliveries";
import { Boxes, Switch, TextField } from "../components/fields";
import { Panel } from "../components/panel";
import type { Secrets } from "../components/secrets";
import { unknownOf } from "../rotation";
import { TOPICS, type Webhook } from "./webhooks";

interface Props {
  office: Office;
  endpoint: Webhook;
  put: (endpoint: Webhook) => void;
  remove: (id: string) => void;
  reveal: Secrets["reveal"];
  reload: () => Promise<void>;
}

/** One endpoint: its state, what was delivered and what was not, and its settings. */
export function Endpoint({ office, endpoint, put, remove, reveal, reload }: Props) {
  const [edited, setEdited] = useState(false);
  const [result, setResult] = useState<{ good: boolean; text: string } | null>(null);
  const input = { endpointId: endpoint.id };
  const name = endpoint.description ?? endpoint.url;
  const guarded = (run: () => Promise<typeof result>, textOf = messageOf) => async () => {
    try {
      setResult(await run());
    } catch (error) {
      setResult({ good: false, text: textOf(error) });
    }
  };
  const ping = guarded(async () => {
    const { error, errors, httpStatus, milliseconds } = (await office.ask(PingWebhookDocument, { input })).pingWebhookEndpoint;
    const bad = errors[0]?.message ?? error;
    return bad ? { good: false, text: bad } : { good: true, text: `It responded with ${httpStatus} in ${milliseconds} ms.` };
  });
  const rotate = guarded(async () => {
    const { endpoint: after, secret, errors } = (await office.ask(RotateWebhookDocument, { input })).rotateWebhookSecret;
    if (after) put(after);
    if (secret) reveal({ title: "The new secret that signs the events", label: "Secret", secret });
    return errors[0] ? { good: false, text: errors[0].message } : null;
  }, (error) => unknownOf(error, "a new secret", "New secret"));
  const drop = guarded(async () => {
    const { deletedId, errors } = (await office.ask(DeleteWebhookDocument, { input })).deleteWebhookEndpoint;
    if (deletedId) remove(deletedId);
    return errors[0] ? { good: false, text: errors[0].message } : null;
  });
  return (
    <li class="line tall">
      <div class="grow">
        <p class="name"><bdi>{name}</bdi> <StateOf endpoint={endpoint} /></p>
        {endpoint.description && <p class="hint"><bdi>{endpoint.url}</bdi></p>}
        <p class="row tight">{endpoint.topics.map((topic) => <span key={topic} class="chip">{EVENTS[topic]}</span>)}</p>
        {endpoint.previousSecretUntil && <p class="hint">Also signed with earlier secrets until {when(endpoint.previousSecretUntil)}.</p>}
      </div>
      <div class="row">
        <button type="button" class="small" aria-label={`Send a test to ${name}`} onClick={() => void ping()}>Send a test</button>
        <button type="button" class="small" aria-expanded={edited} aria-label={`Edit ${name}`} onClick={() => setEdited(!edited)}>Edit</button>
        <Confirmed action="New secret" question="Make a new secret? The old one signs too, for a day." label={`New secret of ${name}`} run={rotate} />
        <Confirmed action="Delete" question="Delete it with what was not delivered?" label={`Delete ${name}`} run={drop} />
      </div>
      <div class="wide" role="status">{result && <p class={result.good ? "chip good" : "chip bad"}>{result.text}</p>}</div>
      {endpoint.problem && <p role="alert" class="wide">{endpoint.problem}</p>}
      {edited && <div class="wide"><Editor office={office} endpoint={endpoint} put={put} reload={reload} /></div>}
      <div class="wide"><Deliveries office={office} forwarding={endpoint.forwarding} reload={reload} name={name} /></div>
    </li>
  );
}

function StateOf({ endpoint: { enabled, problem, forwarding } }: { endpoint: Webhook }) {
  if (!enabled) return <span class="chip warm">Off</span>;
  if (problem || forwarding.failingSince) return <span class="chip bad">Failing</span>;
  return <span class="chip good">On</span>;
}

interface Values {
  url: string;
  description: string;
  topics: readonly EventType[];
  enabled: boolean;
}

function Editor({ office, endpoint, put, reload }: Pick<Props, "office" | "endpoint" | "put" | "reload">) {
  const { url, description, topics, enabled, version } = endpoint;
  const form = useForm<Values>({ url, description: description ?? "", topics, enabled }, {
    save: async ({ topics: chosen, ...changes }) => {
      const input: UpdateWebhookEndpointInput = { endpointId: endpoint.id, expectedVersion: version, ...changes };
      if (chosen) input.topics = [...chosen];
      const { endpoint: after, errors } = (await office.ask(UpdateWebhookDocument, { input })).updateWebhookEndpoint;
      if (after) put(after);
      return errors;
    },
    reload,
  });
  return (
    <Panel form={form} title="Change the endpoint">
      <Switch form={form} name="enabled" label="Events are sent" hint="While it is off they wait, and leave in order afterwards." />
      <TextField form={form} name="url" label="Address" type="url" required />
      <TextField form={form} name="description" label="Purpose" spellcheck={true} />
      <Boxes form={form} name="topics" label="Events" options={TOPICS} />
    </Panel>
  );
}
