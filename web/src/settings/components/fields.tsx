import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import { UNITS, type Span, type Unit } from "../../pages/durations";
import type { Form } from "../form";

/** The keys whose values have a type. */
type KeysOf<Values, Type> = { [Key in keyof Values]: Values[Key] extends Type ? Key : never }[keyof Values] & string;

interface FieldProps<Values, Type> {
  form: Form<Values>;
  name: KeysOf<Values, Type>;
  label: string;
  hint?: ComponentChildren;
}

interface FrameProps {
  id: string;
  label: string;
  hint?: ComponentChildren;
  error?: string | undefined;
  stale?: boolean;
  children: ComponentChildren;
}

/** A label above a control, and below it what is wrong. The control names `${id}-notes` as its description. */
export function Frame({ id, label, hint, error, stale, children }: FrameProps) {
  return (
    <div class={error ? "item refused" : "item"}>
      <label for={id}>{label}</label>
      {children}
      <Notes id={id} hint={hint} error={error} stale={stale} />
    </div>
  );
}

export function Notes({ id, hint, error, stale }: Pick<FrameProps, "id" | "hint" | "error" | "stale">) {
  return (
    <div class="notes" id={`${id}-notes`}>
      {error && <p class="wrong">{error}</p>}
      {stale && <p class="stale">Somebody else changed this meanwhile. Your text replaces it when you save.</p>}
      {hint && <p class="hint">{hint}</p>}
    </div>
  );
}

/** The properties of a control that belongs to a frame. */
export function described(id: string, error: string | undefined) {
  return { id, "aria-describedby": `${id}-notes`, "aria-invalid": error ? true : undefined } as const;
}

interface InputProps {
  type?: "text" | "email" | "url" | "password" | "number" | "datetime-local";
  placeholder?: string;
  required?: boolean;
  spellcheck?: boolean;
  list?: string;
  min?: string;
  max?: string;
  /** Shown beside the control. */
  after?: string;
}

export function TextField<Values>({ form, name, label, hint, after, ...more }: FieldProps<Values, string> & InputProps) {
  const id = useId();
  const error = form.error(name);
  const input = (
    <input
      {...described(id, error)} autocomplete="off" spellcheck={false} dir="auto" {...(more as object)} value={form.values[name] as string}
      onInput={(event) => form.set(name, event.currentTarget.value as Values[typeof name])}
    />
  );
  return (
    <Frame id={id} label={label} hint={hint} error={error} stale={form.changedMeanwhile(name)}>
      {after ? <div class="affixed">{input}<span>{after}</span></div> : input}
    </Frame>
  );
}

export function LongText<Values>({ form, name, label, hint, rows = 3, placeholder }: FieldProps<Values, string> & { rows?: number; placeholder?: string }) {
  const id = useId();
  const error = form.error(name);
  return (
    <Frame id={id} label={label} hint={hint} error={error} stale={form.changedMeanwhile(name)}>
      <textarea
        {...described(id, error)} rows={rows} dir="auto" placeholder={placeholder} value={form.values[name] as string}
        onInput={(event) => form.set(name, event.currentTarget.value as Values[typeof name])}
      />
    </Frame>
  );
}

interface Option<Value extends string> {
  value: Value;
  title: string;
  text?: string;
  /** Shown at the end of the title. */
  mark?: ComponentChildren;
  disabled?: boolean;
}

/** Cards of which one is chosen. */
export function Cards<Values, Value extends string>({ form, name, label, hint, options }: FieldProps<Values, Value> & { options: readonly Option<Value>[] }) {
  const id = useId();
  const error = form.error(name);
  return (
    <fieldset class={error ? "item refused" : "item"} aria-describedby={`${id}-notes`}>
      <legend>{label}</legend>
      <div class="cards">
        {options.map(({ value, title, text, mark, disabled }) => (
          <label key={value} class="choice">
            <input
              type="radio" name={id} value={value} checked={form.values[name] === value} disabled={disabled}
              onChange={() => form.set(name, value as Values[typeof name])}
            />
            <span class="title">{title} {mark}</span>
            {text && <span class="text">{text}</span>}
          </label>
        ))}
      </div>
      <Notes id={id} hint={hint} error={error} stale={form.changedMeanwhile(name)} />
    </fieldset>
  );
}

/** Boxes of which any number is ticked. */
export function Boxes<Values, Value extends string>(
  { form, name, label, hint, options }: FieldProps<Values, readonly Value[]> & { options: readonly Option<Value>[] },
) {
  const id = useId();
  const error = form.error(name);
  const chosen = form.values[name] as readonly Value[];
  const toggled = (value: Value) => options.map((option) => option.value).filter((each) => (each === value ? !chosen.includes(each) : chosen.includes(each)));
  return (
    <fieldset class={error ? "item refused" : "item"} aria-describedby={`${id}-notes`}>
      <legend>{label}</legend>
      <div class="boxes">
        {options.map(({ value, title, text }) => (
          <label key={value} class="box">
            <input
              type="checkbox" checked={chosen.includes(value)} aria-invalid={error ? true : undefined}
              onChange={() => form.set(name, toggled(value) as Values[typeof name])}
            />
            <span>{title}{text && <small> {text}</small>}</span>
          </label>
        ))}
      </div>
      <Notes id={id} hint={hint} error={error} stale={form.changedMeanwhile(name)} />
    </fieldset>
  );
}

/** Something that is on or off. */
export function Switch<Values>({ form, name, label, hint }: FieldProps<Values, boolean>) {
  const id = useId();
  const error = form.error(name);
  return (
    <div class={error ? "item refused" : "item"}>
      <label class="switch">
        <input
          {...described(id, error)} type="checkbox" role="switch" checked={form.values[name] as boolean}
          onChange={(event) => form.set(name, event.currentTarget.checked as Values[typeof name])}
        />
        <span>{label}</span>
      </label>
      <Notes id={id} hint={hint} error={error} stale={form.changedMeanwhile(name)} />
    </div>
  );
}

export function SpanField<Values>({ form, name, label, hint }: FieldProps<Values, Span>) {
  const id = useId();
  const error = form.error(name);
  return (
    <Frame id={id} label={label} hint={hint} error={error} stale={form.changedMeanwhile(name)}>
      <SpanInput id={id} label={label} error={error} span={form.values[name] as Span} set={(span) => form.set(name, span as Values[typeof name])} />
    </Frame>
  );
}

/** A number and its unit. */
export function SpanInput({ id, label, error, span, set, disabled }: { id: string; label: string; error: string | undefined; span: Span; set: (span: Span) => void; disabled?: boolean }) {
  return (
    <div class="span">
      <input
        {...described(id, error)} type="number" min="0" step="1" inputMode="numeric" value={span.amount} disabled={disabled}
        onInput={(event) => set({ ...span, amount: event.currentTarget.value })}
      />
      <select aria-label={`${label}: unit`} value={span.unit} disabled={disabled} onChange={(event) => set({ ...span, unit: event.currentTarget.value as Unit })}>
        {UNITS.map((unit) => <option key={unit} value={unit}>{unit}</option>)}
      </select>
    </div>
  );
}

/** One of many. */
export function Choice<Values>({ form, name, label, hint, options }: FieldProps<Values, string> & { options: readonly (readonly [value: string, title: string])[] }) {
  const id = useId();
  const error = form.error(name);
  return (
    <Frame id={id} label={label} hint={hint} error={error}>
      <select {...described(id, error)} required value={form.values[name] as string} onChange={(event) => form.set(name, event.currentTarget.value as Values[typeof name])}>
        <option value="">Choose…</option>
        {options.map(([value, title]) => <option key={value} value={value}>{title}</option>)}
      </select>
    </Frame>
  );
}
