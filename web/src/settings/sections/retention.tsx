import { RetentionDocument, SaveRetentionDocument, type RetentionPartsFragment, type UpdateRetentionInput } from "../../documents/generated";
import { optionalDurationOf, spanOf, type Span } from "../../pages/durations";
import { SpanField, Switch } from "../components/fields";
import { Panel } from "../components/panel";
import { useForm } from "../form";
import { useLoaded, type Office } from "../office";

const MAY_CHANGE = ["OWNER", "ADMIN"];
const TIMES = ["transcripts", "attachments", "events"] as const;
const FOREVER: RetentionPartsFragment = { transcripts: null, attachments: null, events: null };

/** How long words and files are kept. */
export function Retention({ office, shown }: { office: Office; shown: boolean }) {
  const { data, problem, reload, put } = useLoaded(async () => (await office.ask(RetentionDocument, {})).retention ?? FOREVER, shown);
  if (!data) return <section class="card panel" aria-label="Retention">{problem ? <p role="alert">{problem} <button type="button" class="small" onClick={() => void reload()}>Try again</button></p> : <div class="bones" />}</section>;
  return <Times office={office} retention={data} reload={reload} put={(after) => put(() => after)} />;
}

interface Values {
  transcripts: Span;
  attachments: Span;
  events: Span;
  sure: boolean;
}

interface Props {
  office: Office;
  retention: RetentionPartsFragment;
  reload: () => Promise<void>;
  put: (after: RetentionPartsFragment) => void;
}

function Times({ office, retention, reload, put }: Props) {
  const may = MAY_CHANGE.includes(office.settings.me.role ?? "");
  const base = { transcripts: inDays(retention.transcripts), attachments: inDays(retention.attachments), events: inDays(retention.events), sure: false };
  const form = useForm<Values>(base, {
    save: async ({ transcripts, attachments, events }) => {
      // What is removed cannot be restored, so nobody confirms a change of times that somebody else has changed meanwhile.
      const present = (await office.ask(RetentionDocument, {})).retention ?? FOREVER;
      if (TIMES.some((time) => present[time] !== retention[time])) return [{ code: "CONFLICT", message: "", path: ["input", "expectedVersion"] }];
      const input: UpdateRetentionInput = {
        ...(transcripts && { transcripts: optionalDurationOf(transcripts) }), ...(attachments && { attachments: optionalDurationOf(attachments) }), ...(events && { events: optionalDurationOf(events) }),
      };
      const { retention: after, errors } = (await office.ask(SaveRetentionDocument, { input })).updateRetention;
      if (after) put(after);
      return errors;
    },
    reload,
  });
  const { transcripts, attachments, events, sure } = form.changes;
  const isChanged = Boolean(transcripts ?? attachments ?? events);
  return (
    <Panel
      form={form} title="Retention"
      text="After these times, words and files are removed for good, every day and beginning at once. Conversations, messages and numbers stay. Open conversations and those with an open ticket keep their words and files; those under a legal hold keep everything."
      blocked={!may ? "Owners and admins change it." : isChanged && !sure ? "Say that you are sure, then save." : !isChanged ? "Nothing is changed yet." : undefined}
    >
      <SpanField form={form} name="transcripts" label="Transcripts" hint="After the last message of a closed conversation: words, files, the first question, summaries, drafts, mails. From 1 day to 10 years. Empty: they are kept." />
      <SpanField form={form} name="attachments" label="Files" hint="Of closed conversations; the message keeps the name. From 1 day to 10 years. Empty: as long as the transcript." />
      <SpanField form={form} name="events" label="Business events" hint="The shopper, the first message, and the detail of the reason go; the event stays. From 7 days to 10 years. Empty: they are kept." />
      {isChanged && <Switch form={form} name="sure" label="I am sure: what is older is removed, and cannot be restored" />}
    </Panel>
  );
}

function inDays(duration: string | null): Span {
  return duration === null ? { amount: "", unit: "days" } : spanOf(duration);
}
