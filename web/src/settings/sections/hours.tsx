import { useId, useState } from "preact/hooks";
import type { Assignment, OpeningHoursInput, UpdateAccountInput } from "../../documents/generated";
import { durationOf, spanOf } from "../../pages/durations";
import { clock } from "../../pages/times";
import { useForm, type Form } from "../form";
import { DAYS } from "../names";
import { saveAccount, type Office } from "../office";
import { Cards, Notes, SpanField, TextField } from "../components/fields";
import { Panel } from "../components/panel";

type Hours = OpeningHoursInput;

interface Values {
  timeZone: string;
  businessWeek: readonly Hours[]; // by weekday
  holidays: readonly string[];
}

const ZONES = Intl.supportedValuesOf("timeZone");

/** When the team is there, and who gets the tickets. */
export function BusinessHours({ office }: { office: Office }) {
  const { account } = office.settings;
  const { week, holidays, openNow, opensAt } = account.businessHours;
  const form = useForm<Values>({ timeZone: account.timeZone, businessWeek: week, holidays }, {
    save: async ({ businessWeek, holidays: days, timeZone }) => {
      const input: UpdateAccountInput = {};
      if (timeZone !== undefined) input.timeZone = timeZone.trim();
      if (businessWeek) input.businessWeek = businessWeek.map((hours) => ({ ...hours, closesAt: hours.closesAt === "00:00" ? "24:00" : hours.closesAt }));
      if (days) input.holidays = [...days];
      return saveAccount(office, input);
    },
    reload: office.reload,
  });
  return (
    <>
      <Panel
        form={form} title="Business hours"
        text={<>Outside of them a shopper who asks for a human reads the away message, and the ticket waits. <span class={openNow ? "chip good" : "chip warm"}>{openNow ? "Open now" : opensAt ? `Closed now, opens ${clock(opensAt, account.timeZone)}` : "Closed"}</span></>}
      >
        <Week form={form} />
        <Holidays form={form} />
        <TextField form={form} name="timeZone" label="Time zone" list="zones" hint="Also the zone of all days in reports." />
        <datalist id="zones">{ZONES.map((zone) => <option key={zone} value={zone} />)}</datalist>
      </Panel>
      <Tickets office={office} />
    </>
  );
}

function Week({ form }: { form: Form<Values> }) {
  const week = form.values.businessWeek;
  const set = (changed: readonly Hours[]) => form.set("businessWeek", changed.toSorted((one, other) => one.weekday - other.weekday));
  const copy = () => set([1, 2, 3, 4, 5].flatMap((weekday) => of(week, 1).map((hours) => ({ ...hours, weekday }))).concat(week.filter(({ weekday }) => weekday > 5)));
  return (
    <fieldset class="item">
      <legend>Week</legend>
      <ul class="week">
        {DAYS.map((day, index) => <Day key={day} day={day} weekday={index + 1} form={form} week={week} set={set} />)}
      </ul>
      {of(week, 1).length > 0 && <p><button type="button" class="small" onClick={copy}>Use Monday’s hours until Friday</button></p>}
      {form.changedMeanwhile("businessWeek") && <Notes id="week" stale />}
    </fieldset>
  );
}

interface DayProps {
  day: string;
  weekday: number;
  form: Form<Values>;
  week: readonly Hours[];
  set: (week: readonly Hours[]) => void;
}

function Day({ day, weekday, form, week, set }: DayProps) {
  const periods = week.map((hours, index) => ({ hours, index })).filter(({ hours }) => hours.weekday === weekday);
  const add = () => set([...week, periods.length ? { weekday, opensAt: "14:00", closesAt: "18:00" } : { weekday, opensAt: "09:00", closesAt: "17:00" }]);
  const change = (at: number, part: Partial<Hours>) => form.set("businessWeek", week.map((hours, index) => (index === at ? { ...hours, ...part } : hours)));
  return (
    <li>
      <label class="switch">
        <input type="checkbox" role="switch" checked={periods.length > 0} onChange={() => (periods.length ? set(week.filter((hours) => hours.weekday !== weekday)) : add())} />
        <span>{day}</span>
      </label>
      <div class="periods">
        {!periods.length && <p class="hint">Closed</p>}
        {periods.map(({ hours, index }, number) => (
          <Period
            key={number} name={number ? `${day}, period ${number + 1}` : day} hours={hours} error={form.error(`businessWeek.${index}`)}
            change={(part) => change(index, part)} remove={() => set(week.filter((_, each) => each !== index))}
          />
        ))}
      </div>
      {periods.length > 0 && <button type="button" class="small quiet" aria-label={`Add a period on ${day}`} onClick={add}>Add</button>}
    </li>
  );
}

interface PeriodProps {
  name: string;
  hours: Hours;
  error: string | undefined;
  change: (part: Partial<Hours>) => void;
  remove: () => void;
}

function Period({ name, hours, error, change, remove }: PeriodProps) {
  const id = useId();
  const more = { type: "time", required: true, "aria-invalid": error ? true : undefined, "aria-describedby": `${id}-notes` } as const;
  return (
    <div class="period">
      <input {...more} aria-label={`${name}: opens at`} value={hours.opensAt} onInput={(event) => change({ opensAt: event.currentTarget.value })} />
      <span aria-hidden="true">–</span>
      <input {...more} aria-label={`${name}: closes at`} value={hours.closesAt === "24:00" ? "00:00" : hours.closesAt} onInput={(event) => change({ closesAt: event.currentTarget.value })} />
      <button type="button" class="small quiet" aria-label={`Remove ${name}`} onClick={remove}>×</button>
      <Notes id={id} error={error} />
    </div>
  );
}

function Holidays({ form }: { form: Form<Values> }) {
  const id = useId();
  const [day, setDay] = useState("");
  const { holidays } = form.values;
  const error = form.error("holidays");
  const add = () => {
    if (day) form.set("holidays", [...new Set([...holidays, day])].sort());
    setDay("");
  };
  return (
    <div class="item">
      <label for={id}>Holidays</label>
      {holidays.length > 0 && (
        <ul class="tags">
          {holidays.map((each) => (
            <li key={each} class="chip">
              {new Date(`${each}T12:00`).toLocaleDateString(undefined, { day: "numeric", month: "short", year: "numeric" })}
              <button type="button" aria-label={`Remove ${each}`} onClick={() => form.set("holidays", holidays.filter((other) => other !== each))}>×</button>
            </li>
          ))}
        </ul>
      )}
      <div class="affixed short">
        <input id={id} type="date" value={day} aria-describedby={`${id}-notes`} onKeyDown={(event) => { if (event.key === "Enter") { event.preventDefault(); add(); } }} onInput={(event) => setDay(event.currentTarget.value)} />
        <button type="button" onClick={add}>Add the day</button>
      </div>
      <Notes id={id} error={error} stale={form.changedMeanwhile("holidays")} hint="Days on which the team is closed." />
    </div>
  );
}

function Tickets({ office }: { office: Office }) {
  const { account } = office.settings;
  const form = useForm({ assignment: account.assignment as Assignment, strandedAfter: spanOf(account.strandedAfter) }, {
    save: async ({ assignment, strandedAfter }) => {
      const input: UpdateAccountInput = {};
      if (assignment) input.assignment = assignment;
      if (strandedAfter) input.strandedAfter = durationOf(strandedAfter) ?? "PT0S";
      return saveAccount(office, input);
    },
    reload: office.reload,
  });
  return (
    <Panel form={form} title="Tickets in the inbox">
      <Cards
        form={form} name="assignment" label="Assignment of a new ticket" options={[
          { value: "MANUAL", title: "By hand", text: "It waits in the queue until somebody takes it." },
          { value: "ROUND_ROBIN", title: "In turn", text: "Within business hours: to the available member below the limit of tickets whose last one is the longest ago." },
        ]}
      />
      <SpanField form={form} name="strandedAfter" label="A shopper who waits is told that it takes longer after" hint="From 5 seconds to 7 days, while nobody can take the ticket." />
    </Panel>
  );
}

function of(week: readonly Hours[], day: number): Hours[] {
  return week.filter(({ weekday }) => weekday === day);
}
