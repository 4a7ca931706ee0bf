import { SaveHandoffDocument, type UpdateHandoffSettingsInput } from "../../documents/generated";
import { useForm } from "../form";
import { saveAccount, type Office } from "../office";
import { LongText, TextField } from "../components/fields";
import { Preview } from "../components/preview";
import { Panel } from "../components/panel";

/** The words that shoppers read. */
export function Wording({ office }: { office: Office }) {
  return (
    <>
      <Agent office={office} />
      <Offer office={office} />
      <Away office={office} />
    </>
  );
}

function Agent({ office }: { office: Office }) {
  const { agentName, greeting } = office.settings.account;
  const form = useForm({ agentName, greeting }, { save: (changes) => saveAccount(office, changes), reload: office.reload });
  return (
    <Panel form={form} title="The agent" text="The name and the first words of the chat.">
      <TextField form={form} name="agentName" label="Name of the agent" spellcheck={true} />
      <LongText form={form} name="greeting" label="Greeting" hint="Shown before the first message." />
      <Preview text={form.values.greeting} name={form.values.agentName} />
    </Panel>
  );
}

const TEXTS = ["offerText", "acceptLabel", "declineLabel"] as const;

function Offer({ office }: { office: Office }) {
  const { offerText, acceptLabel, declineLabel, version } = office.settings.handoff;
  const form = useForm({ offerText, acceptLabel, declineLabel }, {
    save: async (changes) => {
      const input: UpdateHandoffSettingsInput = { expectedVersion: version };
      for (const name of TEXTS) if (changes[name] !== undefined) input[name] = changes[name].trim() || null; // null: Baton's own text
      const { handoffSettings, errors } = (await office.ask(SaveHandoffDocument, { input })).updateHandoffSettings;
      if (handoffSettings) office.put({ handoff: handoffSettings });
      return errors;
    },
    reload: office.reload,
  });
  const { values } = form;
  return (
    <Panel form={form} title="The offer of a human" text="The question to a shopper on the web chat, before a handoff. Leave a text empty for Baton’s own, which shoppers read in their language.">
      <LongText form={form} name="offerText" label="Question" rows={2} />
      <div class="pair">
        <TextField form={form} name="acceptLabel" label="Button that accepts" spellcheck={true} />
        <TextField form={form} name="declineLabel" label="Button that declines" spellcheck={true} />
      </div>
      <Preview text={values.offerText} name={office.settings.account.agentName} actions={[values.acceptLabel || "…", values.declineLabel || "…"]} />
    </Panel>
  );
}

function Away({ office }: { office: Office }) {
  const form = useForm({ awayMessage: office.settings.account.awayMessage ?? "" }, {
    save: ({ awayMessage }) => saveAccount(office, { awayMessage: awayMessage?.trim() || null }),
    reload: office.reload,
  });
  return (
    <Panel form={form} title="When nobody is there" text="Shown to a shopper who asks for a human outside of the business hours, or while nobody is available. Baton adds when the team is back.">
      <LongText form={form} name="awayMessage" label="Away message" placeholder="Baton’s own text, in the shopper’s language" />
    </Panel>
  );
}
