import { SaveAgentDocument, type Channel, type UpdateAccountInput } from "../../documents/generated";
import { optionalDurationOf, spanOf, type Span } from "../../pages/durations";
import { CHANNEL_NAMES, keysOf } from "../../pages/names";
import { useForm } from "../form";
import { AGENTS } from "../names";
import { saveAccount, type Office } from "../office";
import { Boxes, Cards, SpanField, Switch } from "../components/fields";
import { Panel } from "../components/panel";

/** Which agent replies, and where. */
export function Agent({ office }: { office: Office }) {
  return (
    <>
      <Kind office={office} />
      <Where office={office} />
    </>
  );
}

function Kind({ office }: { office: Office }) {
  const { settings: { agent, model } } = office;
  const form = useForm({ answeredBy: agent.answeredBy }, {
    save: async (changes) => {
      const { agentSettings, errors } = (await office.ask(SaveAgentDocument, { input: { ...changes, expectedVersion: agent.version } })).updateAgentSettings;
      if (agentSettings) office.put({ agent: agentSettings });
      return errors;
    },
    reload: office.reload,
  });
  const mark = model ? <span class={model.problem ? "chip bad" : "chip good"}>{model.problem ? "Does not work" : <bdi>{model.model}</bdi>}</span> : <span class="chip">Not connected</span>;
  return (
    <Panel form={form} title="The agent that replies" text="It replies from the moment when you save, also to shoppers who wait already.">
      <Cards
        form={form} name="answeredBy" label="Agent"
        options={keysOf(AGENTS).map((value) => ({ value, title: AGENTS[value][0], text: AGENTS[value][1], ...(value === "MODEL" && { mark }) }))}
      />
      {model?.problem && <p role="alert">{model.problem}</p>}
    </Panel>
  );
}

interface WhereValues {
  agentLive: boolean;
  channels: readonly Channel[];
  agentSilence: Span;
}

function Where({ office }: { office: Office }) {
  const { account } = office.settings;
  const channels = keysOf(CHANNEL_NAMES).filter((channel) => account.channels.includes(channel));
  const form = useForm<WhereValues>({ agentLive: account.agentLive, channels, agentSilence: spanOf(account.agentSilence) }, {
    save: async (changes) => {
      const input: UpdateAccountInput = {};
      if (changes.agentLive !== undefined) input.agentLive = changes.agentLive;
      if (changes.channels) input.channels = [...changes.channels];
      if (changes.agentSilence) input.agentSilence = optionalDurationOf(changes.agentSilence);
      return saveAccount(office, input);
    },
    reload: office.reload,
  });
  return (
    <Panel form={form} title="Where it replies">
      <Switch form={form} name="agentLive" label="The agent is live" hint="If it is off, no new conversation begins. Open ones go on." />
      <Boxes form={form} name="channels" label="Channels" options={keysOf(CHANNEL_NAMES).map((value) => ({ value, title: CHANNEL_NAMES[value] }))} />
      <SpanField form={form} name="agentSilence" label="A shopper whom the agent leaves without a reply is handed over after" hint="From 5 seconds to 7 days. Empty: never." />
    </Panel>
  );
}
