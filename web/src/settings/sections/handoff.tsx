import {
  SaveHandoffDocument, type ChatAfterHandoff, type HandoffMethod, type Helpdesk, type HelpdeskPartsFragment, type IdentityPolicy,
  type UpdateHandoffSettingsInput,
} from "../../documents/generated";
import { useForm, type Form } from "../form";
import type { Office } from "../office";
import { Connection } from "./connection";
import { Cards, LongText } from "../components/fields";
import { Panel } from "../components/panel";
import { Preview } from "../components/preview";

const HELPDESKS: Record<Helpdesk, [string, string]> = {
  INBOX: ["Baton’s inbox", "The conversation lands in your team’s inbox. On the web chat, a person goes on in the same chat."],
  ZENDESK: ["Zendesk", "A Zendesk ticket is created. The chat goes on, or moves to e-mail, as you choose below."],
  GORGIAS: ["Gorgias", "A Gorgias ticket is created. The conversation moves to e-mail, and the chat closes."],
};

interface Values {
  method: HandoffMethod;
  helpdesk: Helpdesk;
  chatAfterHandoff: ChatAfterHandoff;
  identityPolicy: IdentityPolicy;
  customMessage: string; // empty: none
}

/** The handoff method, the helpdesk and its connection. */
export function Handoff({ office }: { office: Office }) {
  const { handoff } = office.settings;
  const { method, helpdesk, chatAfterHandoff, identityPolicy, customMessage } = handoff;
  const form = useForm<Values>({ method, helpdesk, chatAfterHandoff, identityPolicy, customMessage: customMessage ?? "" }, {
    save: async ({ customMessage: message, ...changes }) => {
      const input: UpdateHandoffSettingsInput = { ...changes, expectedVersion: handoff.version };
      if (message !== undefined) input.customMessage = message.trim() || null;
      const { handoffSettings, errors } = (await office.ask(SaveHandoffDocument, { input })).updateHandoffSettings;
      if (handoffSettings) office.put({ handoff: handoffSettings });
      return errors;
    },
    reload: office.reload,
  });
  const toHelpdesk = form.values.method === "HELPDESK";
  const chosen = handoff.connections.find((connection) => connection.helpdesk === form.values.helpdesk)!;
  const isNew = toHelpdesk && Boolean(form.changes.helpdesk ?? form.changes.method);
  return (
    <Panel
      form={form} title="When the agent cannot finish a conversation"
      text="One method applies to everything that the agent cannot resolve, on every channel."
      blocked={isNew && isUnusable(chosen) ? `Connect ${HELPDESKS[chosen.helpdesk][0]} first, then save.` : undefined}
      aside={toHelpdesk && chosen.helpdesk !== "INBOX" && <Connection key={chosen.helpdesk} office={office} connection={chosen} />}
    >
      <Cards
        form={form} name="method" label="Handoff method" options={[
          { value: "HELPDESK", title: "Send a ticket to your helpdesk", text: "On the web chat the shopper is asked first. Then your team gets a ticket with the whole conversation, its times, and who the shopper is." },
          { value: "MESSAGE", title: "Don’t hand off", text: "The shopper reads a message of yours, with links to the next step. There is no ticket, and the agent keeps the conversation." },
        ]}
      />
      {toHelpdesk ? <Tickets form={form} connections={handoff.connections} /> : <Message form={form} name={office.settings.account.agentName} />}
    </Panel>
  );
}

function Tickets({ form, connections }: { form: Form<Values>; connections: readonly HelpdeskPartsFragment[] }) {
  return (
    <>
      <Cards
        form={form} name="helpdesk" label="Helpdesk"
        options={connections.map((connection) => {
          const [title, text] = HELPDESKS[connection.helpdesk];
          return { value: connection.helpdesk, title, text, mark: <State connection={connection} /> };
        })}
      />
      {form.values.helpdesk === "ZENDESK" && (
        <Cards
          form={form} name="chatAfterHandoff" label="The web chat after the ticket was created" options={[
            { value: "MOVES_TO_EMAIL", title: "Moves to e-mail", text: "The chat ends, and your team replies by e-mail." },
            { value: "CONTINUES", title: "Goes on", text: "Replies from Zendesk appear in the chat while the ticket is open." },
          ]}
        />
      )}
      <Cards
        form={form} name="identityPolicy" label="Identity of a shopper on the web chat, before a handoff" options={[
          { value: "EMAIL", title: "An e-mail address", text: "The chat asks for it, if it is not known." },
          { value: "SIGNED_IN", title: "A sign-in at your shop", text: "Your page vouches for the customer with an identity token." },
        ]}
      />
    </>
  );
}

function Message({ form, name }: { form: Form<Values>; name: string }) {
  return (
    <>
      <LongText
        form={form} name="customMessage" label="Your message" rows={4} placeholder="Write to [our team](mailto:help@shop.example)."
        hint="At most 2,000 characters. Links: a plain address, or [label](address) with https, mailto or tel."
      />
      <Preview text={form.values.customMessage} name={name} />
    </>
  );
}

function isUnusable({ connected, problem }: HelpdeskPartsFragment): boolean {
  return !connected || problem !== null;
}

function State({ connection: { helpdesk, connected, problem } }: { connection: HelpdeskPartsFragment }) {
  if (problem) return <span class="chip bad">Does not work</span>;
  if (helpdesk === "INBOX") return <span class="chip good">Built in</span>;
  return connected ? <span class="chip good">Connected</span> : <span class="chip">Not connected</span>;
}
