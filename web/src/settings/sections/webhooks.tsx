import { useEffect, useState } from "preact/hooks";
import { random } from "../../client/random";
import { CreateWebhookDocument, RotateWebhookDocument, WebhooksDocument, type EventType, type WebhookPartsFragment, type WebhooksQuery } from "../../documents/generated";
import { useForm } from "../form";
import { EVENTS } from "../names";
import { keysOf } from "../../pages/names";
import { useLoaded, withItem, type Office } from "../office";
import { useSecrets, type Secrets } from "../components/secrets";
import { Deliveries } from "./deliveries";
import { Endpoint } from "./endpoint";
import { resentOf, unknownOf } from "../rotation";
import { Boxes, TextField } from "../components/fields";
import { List } from "../components/list";
import { Panel } from "../components/panel";

export type Webhook = WebhookPartsFragment;

const REFRESH = 5_000; // milliseconds, while the section is on the screen

/** Where business events go: the partners' endpoints and Klaviyo, with what could not be delivered. */
export function Webhooks({ office, shown }: { office: Office; shown: boolean }) {
  const { reveal, shown: secrets } = useSecrets();
  const [klaviyo, setKlaviyo] = useState<WebhooksQuery["klaviyo"]>(null);
  const endpoints = useLoaded(async () => {
    const read = await office.ask(WebhooksDocument, {});
    setKlaviyo(read.klaviyo);
    return read.webhookEndpoints ?? [];
  }, shown);
  useEffect(() => {
    if (!shown) return undefined;
    const timer = setInterval(() => { if (!document.hidden) void endpoints.reload(); }, REFRESH);
    return () => clearInterval(timer);
  }, [shown]);
  const put = (endpoint: Webhook) => endpoints.put((present) => withItem(present, endpoint));
  const remove = (id: string) => endpoints.put((present) => present.filter((each) => each.id !== id));
  return (
    <>
      {secrets}
      <List
        title="Webhooks" loaded={endpoints} empty="No endpoint yet."
        text="Each business event is a signed POST to every endpoint that wants it: in order, and until the endpoint takes it."
      >
        {(present) => present.map((endpoint) => (
          <Endpoint key={endpoint.id} office={office} endpoint={endpoint} put={put} remove={remove} reveal={reveal} reload={endpoints.reload} />
        ))}
      </List>
      {klaviyo && (
        <section class="card panel" aria-labelledby="klaviyo">
          <h2 id="klaviyo">Klaviyo <span class={klaviyo.problem ? "chip bad" : "chip good"}>{klaviyo.problem ? "Does not work" : <bdi>{klaviyo.displayName ?? "Connected"}</bdi>}</span></h2>
          {klaviyo.problem && <p role="alert">{klaviyo.problem}</p>}
          <Deliveries office={office} forwarding={klaviyo.forwarding} reload={endpoints.reload} name="Klaviyo" />
        </section>
      )}
      <NewEndpoint office={office} put={put} reveal={reveal} />
    </>
  );
}

interface NewValues {
  url: string;
  description: string;
  topics: readonly EventType[];
}

export const TOPICS = keysOf(EVENTS).map((value) => ({ value, title: EVENTS[value] }));
const EMPTY: NewValues = { url: "", description: "", topics: [] };

function NewEndpoint({ office, put, reveal }: { office: Office; put: (endpoint: Webhook) => void; reveal: Secrets["reveal"] }) {
  const [attempt, setAttempt] = useState(random);
  const form = useForm(EMPTY, {
    save: async (_, { url, description, topics }) => {
      const input = { url: url.trim(), topics: [...topics], description: description.trim() || null, idempotencyKey: attempt };
      const { endpoint, secret: made, errors } = (await office.ask(CreateWebhookDocument, { input })).createWebhookEndpoint;
      // The same call again after a lost response makes no second endpoint, and returns no secret: it gets another one then.
      const rotated = endpoint && !made ? (await office.ask(RotateWebhookDocument, { input: { endpointId: endpoint.id } })).rotateWebhookSecret : null;
      setAttempt(random());
      const present = rotated?.endpoint ?? endpoint;
      if (present) put(present);
      const secret = made ?? rotated?.secret;
      if (secret) reveal({ title: "The secret that signs the events", label: "Secret", secret });
      return resentOf(rotated?.errors ?? errors, "the endpoint", "Create the endpoint");
    },
    failureOf: (error) => unknownOf(error, "the endpoint", "Create the endpoint"),
  });
  return (
    <Panel form={form} title="New endpoint" action="Create the endpoint" text="The secret that signs the events is shown once.">
      <TextField form={form} name="url" label="Address" type="url" placeholder="https://…" required />
      <TextField form={form} name="description" label="Purpose" spellcheck={true} />
      <Boxes form={form} name="topics" label="Events" options={TOPICS} />
    </Panel>
  );
}
