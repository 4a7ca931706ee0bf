import { useId } from "preact/hooks";
import type { AccountPartsFragment, Channel, TouchKind } from "../../documents/generated";
import { durationOf, spanOf, type Span } from "../../pages/durations";
import { CHANNEL_NAMES, keysOf } from "../../pages/names";
import { useForm, type Form } from "../form";
import { TOUCHES } from "../names";
import { saveAccount, type Office } from "../office";
import { Notes, SpanInput } from "../components/fields";
import { Panel } from "../components/panel";

interface Touch {
  enabled: boolean;
  window: Span;
}

type Values = Record<string, Touch>; // by the kind of touch, which exists on one channel

/** The touches that credit a conversation with a sale. */
export function Sales({ office }: { office: Office }) {
  const { attribution } = office.settings.account;
  const form = useForm<Values>(Object.fromEntries(attribution.map(({ touch, enabled, window }) => [touch, { enabled, window: spanOf(window) }])), {
    save: async (changes) => {
      const changed = attribution.filter(({ touch }) => changes[touch]);
      const input = changed.map(({ channel, touch }) => ({ channel, touch, enabled: changes[touch]!.enabled, window: durationOf(changes[touch]!.window) ?? "PT0S" }));
      return (await saveAccount(office, { attribution: input })).map(({ path, ...error }) => ({ ...error, path: placeOf(path, changed.map(({ touch }) => touch)) }));
    },
    reload: office.reload,
  });
  return (
    <Panel form={form} title="Attribution of sales" text="An order is credited to the conversation whose last touch was within its time. It is credited once, after refunds.">
      {keysOf(CHANNEL_NAMES).map((channel) => <ChannelTouches key={channel} channel={channel} form={form} touches={attribution} />)}
    </Panel>
  );
}

/** The path of an error names the touch by its position in the list that was sent. */
function placeOf(path: string[] | null, sent: readonly TouchKind[]): string[] | null {
  return path?.[1] === "attribution" && path[2] ? ["input", sent[Number(path[2])]!, ...path.slice(3)] : path;
}

function ChannelTouches({ channel, form, touches }: { channel: Channel; form: Form<Values>; touches: AccountPartsFragment["attribution"] }) {
  const own = touches.filter((touch) => touch.channel === channel);
  if (!own.length) return null;
  return (
    <fieldset class="item">
      <legend>{CHANNEL_NAMES[channel]}</legend>
      <ul class="touches">{own.map(({ touch }) => <Row key={touch} touch={touch} form={form} />)}</ul>
    </fieldset>
  );
}

function Row({ touch, form }: { touch: TouchKind; form: Form<Values> }) {
  const id = useId();
  const value = form.values[touch]!;
  const error = form.error(touch);
  return (
    <li>
      <label class="switch">
        <input type="checkbox" role="switch" checked={value.enabled} onChange={(event) => form.set(touch, { ...value, enabled: event.currentTarget.checked })} />
        <span>{TOUCHES[touch]}</span>
      </label>
      <div class="within">
        <label for={id}>within<span class="unseen"> the time after {TOUCHES[touch].toLowerCase()}</span></label>
        <SpanInput id={id} label={`Time after ${TOUCHES[touch].toLowerCase()}`} error={error} span={value.window} set={(window) => form.set(touch, { ...value, window })} />
      </div>
      <Notes id={id} error={error} stale={form.changedMeanwhile(touch)} />
    </li>
  );
}
