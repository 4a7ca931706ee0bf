import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { random } from "../../client/random";
import { ConnectHelpdeskDocument, DisconnectHelpdeskDocument, type ConnectHelpdeskInput, type HelpdeskPartsFragment } from "../../documents/generated";
import { useForm, type Form } from "../form";
import { messageOf, type Office } from "../office";
import { when } from "../../pages/times";
import { Confirmed } from "../components/confirmed";
import { Copyable } from "../components/copyable";
import { TextField } from "../components/fields";
import { useRefusals } from "../components/panel";

interface Props {
  office: Office;
  connection: HelpdeskPartsFragment;
}

interface ZendeskValues {
  subdomain: string;
  email: string;
  apiToken: string;
  webhookSecret: string;
}

interface GorgiasValues {
  domain: string;
  email: string;
  apiKey: string;
}

/** The guided connection of a helpdesk: credentials, which are tried there first, and then the way back for replies. */
export function Connection({ office, connection }: Props) {
  const name = connection.helpdesk === "ZENDESK" ? "Zendesk" : "Gorgias";
  const [open, setOpen] = useState(!connection.connected || connection.problem !== null);
  const [problem, setProblem] = useState<string | null>(null);
  const disconnect = async () => {
    try {
      const { connection: after, errors } = (await office.ask(DisconnectHelpdeskDocument, { input: { helpdesk: connection.helpdesk } })).disconnectHelpdesk;
      if (after) putConnection(office, after);
      setProblem(errors[0]?.message ?? null);
      setOpen(true);
    } catch (error) {
      setProblem(messageOf(error));
    }
  };
  return (
    <section class="guide" aria-label={`Connection to ${name}`}>
      <header class="row">
        <h3>{connection.connected ? `${name} is connected` : `Connect ${name}`}</h3>
        {connection.connected && (
          <>
            <p class="hint grow"><bdi>{connection.displayName}</bdi>{connection.checkedAt && `, checked ${when(connection.checkedAt)}`}</p>
            {!open && <button type="button" class="small" onClick={() => setOpen(true)}>Change the credentials</button>}
            {office.settings.handoff.helpdesk !== connection.helpdesk && <Confirmed action="Disconnect" question={`Disconnect ${name}?`} run={disconnect} />}
          </>
        )}
      </header>
      {connection.problem && <p role="alert">{connection.problem}</p>}
      {problem && <p role="alert">{problem}</p>}
      {open && (connection.helpdesk === "ZENDESK" ? <Zendesk office={office} connection={connection} /> : <Gorgias office={office} connection={connection} />)}
      {!open && connection.webhookUrl && <Copyable label={`Address that ${name} calls`} text={connection.webhookUrl} />}
    </section>
  );
}

function Zendesk({ office, connection }: Props) {
  const form = useForm<ZendeskValues>({ subdomain: "", email: "", apiToken: "", webhookSecret: "" }, {
    save: (_, { webhookSecret, ...credentials }) => connect(office, { zendesk: { ...credentials, ...(webhookSecret && { webhookSecret }) } }),
    depth: 1,
    keep: ({ webhookSecret }) => !webhookSecret, // which Zendesk makes after it is connected
  });
  return (
    <Steps form={form} name="Zendesk" connection={connection} where={<>In Zendesk: <b>Admin Center</b>, <b>Apps and integrations</b>, <b>APIs</b>. Make the API token as a user of Baton alone (in Zendesk’s words an agent): Baton takes the comments of this user for its own.</>}
      fields={<>
        <TextField form={form} name="subdomain" label="Subdomain" placeholder="acme" after=".zendesk.com" required />
        <TextField form={form} name="email" label="E-mail address of the user" type="email" placeholder="baton@acme.example" required />
        <TextField form={form} name="apiToken" label="API token" type="password" required hint="It is encrypted, and never shown again." />
      </>}
    >
      <p>In Zendesk: <b>Apps and integrations</b>, <b>Webhooks</b>. Create one for this address, with the events <b>Comment added</b>, <b>Status changed</b> and <b>Attachment linked to comment</b>.</p>
      {connection.webhookUrl && <Copyable label="Endpoint URL" text={connection.webhookUrl} />}
      <TextField form={form} name="webhookSecret" label="Signing secret of the webhook" type="password" hint={connection.connected ? "Empty: the present one stays. Without one, what the team writes in Zendesk does not come back." : "Without it, what the team writes in Zendesk does not come back."} />
      <p><button disabled={form.busy || !form.values.webhookSecret}>Connect again with the secret</button></p>
    </Steps>
  );
}

function Gorgias({ office, connection }: Props) {
  const [webhookToken, setToken] = useState(() => (connection.connected ? "" : random())); // empty: the header that Gorgias sends stays
  const [known, setKnown] = useState(connection.connected ? webhookToken : ""); // to Baton
  const form = useForm<GorgiasValues>({ domain: "", email: "", apiKey: "" }, {
    save: async (_, credentials) => {
      const errors = await connect(office, { gorgias: { ...credentials, ...(webhookToken && { webhookToken }) } });
      if (!errors.length) setKnown(webhookToken);
      return errors;
    },
    depth: 1,
  });
  return (
    <Steps form={form} name="Gorgias" connection={connection} where={<>In Gorgias: <b>Settings</b>, <b>Account</b>, <b>REST API</b>. Copy the user name and the key.</>}
      fields={<>
        <TextField form={form} name="domain" label="Domain" placeholder="acme" after=".gorgias.com" required />
        <TextField form={form} name="email" label="E-mail address of the user" type="email" placeholder="baton@acme.example" required />
        <TextField form={form} name="apiKey" label="API key" type="password" required hint="It is encrypted, and never shown again." />
      </>}
    >
      <p>In Gorgias: <b>Settings</b>, <b>Integrations</b>, <b>HTTP</b>. Create one that is triggered by <b>Ticket message created</b>, <b>Ticket updated</b> and <b>Ticket status updated</b>, with <b>POST</b> and JSON.</p>
      {connection.webhookUrl && <Copyable label="URL" text={connection.webhookUrl} />}
      {webhookToken
        ? <Copyable label="Header X-Baton-Token" text={webhookToken} />
        : <p>The header X-Baton-Token stays as it is. <button type="button" class="small" onClick={() => setToken(random())}>Make a new one</button></p>}
      {webhookToken !== known && <p class="hint">Connect again, so that Baton takes the new one.</p>}
      <Copyable label="Request body" text={'{"ticket_id": "{{ticket.id}}", "external_id": "{{ticket.external_id}}"}'} />
    </Steps>
  );
}

interface StepsProps<Values> {
  form: Form<Values>;
  name: string;
  connection: HelpdeskPartsFragment;
  where: ComponentChildren;
  fields: ComponentChildren;
  /** The way back for replies, which the helpdesk is told once it is connected. */
  children: ComponentChildren;
}

function Steps<Values>({ form, name, connection, where, fields, children }: StepsProps<Values>) {
  const again = connection.connected;
  const [element, unseen] = useRefusals(form);
  return (
    <form ref={element} onSubmit={(event) => { event.preventDefault(); void form.submit(); }}>
      <ol class="steps">
        <li>
          <h4>Get the credentials</h4>
          <p>{where}</p>
        </li>
        <li>
          <h4>Connect</h4>
          <p>Baton tries them at {name} before it keeps them.</p>
          <div class="fields">{fields}</div>
          {(form.problem ?? unseen) && <p role="alert">{form.problem ?? unseen}</p>}
          <p class="row">
            <button class={again ? "" : "primary"} disabled={form.busy}>{form.busy ? "Asking…" : again ? "Connect again" : `Connect ${name}`}</button>
            <span role="status">{form.saved ? `${name} accepted the credentials.` : ""}</span>
          </p>
        </li>
        <li class={again ? "" : "later"}>
          <h4>Let replies come back</h4>
          {again ? <div class="fields">{children}</div> : <p>{name} gets an address to call, once it is connected.</p>}
        </li>
      </ol>
    </form>
  );
}

async function connect(office: Office, input: ConnectHelpdeskInput) {
  const { connection, errors } = (await office.ask(ConnectHelpdeskDocument, { input })).connectHelpdesk;
  if (connection) putConnection(office, connection);
  return errors;
}

function putConnection(office: Office, connection: HelpdeskPartsFragment): void {
  office.put(({ handoff }) => {
    const connections = handoff.connections.map((each) => (each.helpdesk === connection.helpdesk ? connection : each));
    return { handoff: { ...handoff, connections } };
  });
}
