import { useState } from "preact/hooks";
import { random } from "../../client/random";
import {
  CreateKeyDocument, KeysDocument, MembersDocument, RevokeKeyDocument,
  type CreateKeyInput, type KeyKind, type KeyPartsFragment, type KeyScope, type MemberPartsFragment,
} from "../../documents/generated";
import { useForm, type Form } from "../form";
import { KINDS, SCOPES } from "../names";
import { keysOf } from "../../pages/names";
import { when } from "../../pages/times";
import { messageOf, useLoaded, withItem, type Office } from "../office";
import { Confirmed } from "../components/confirmed";
import { useSecrets, type Secrets } from "../components/secrets";
import { resentOf, unknownOf, useRotation } from "../rotation";
import { Boxes, Cards, Choice, LongText, TextField } from "../components/fields";
import { List } from "../components/list";
import { Panel } from "../components/panel";

type Key = KeyPartsFragment;

/** The keys of the account. A token is shown once, when its key is made. */
export function Keys({ office, shown: visible }: { office: Office; shown: boolean }) {
  const [more, setMore] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [all, setAll] = useState(false);
  const { reveal, shown } = useSecrets();
  const read = async (after: string | null) => {
    const keys = (await office.ask(KeysDocument, { after })).account?.keys;
    setMore(keys?.pageInfo.hasNextPage ? keys.pageInfo.endCursor : null);
    return keys?.nodes ?? [];
  };
  const keys = useLoaded(() => read(null), visible);
  const put = (key: Key) => keys.put((present) => (present.some(({ id }) => id === key.id) ? withItem(present, key) : [key, ...present]));
  const readMore = async () => {
    try {
      const next = await read(more);
      keys.put((present) => next.reduce(withItem, present));
      setProblem(null);
    } catch (error) {
      setProblem(messageOf(error));
    }
  };
  const over = keys.data?.filter((key) => !works(key)).length ?? 0;
  return (
    <>
      {shown}
      <List
        title="Keys" loaded={keys} empty="No key yet." text="Revoke the keys that nobody uses any more."
        footer={
          (over > 0 || more) && <p class="row">
            {over > 0 && <button type="button" class="small quiet" aria-pressed={all} onClick={() => setAll(!all)}>{all ? "Hide" : "Show"} {over} that no longer work{over === 1 && "s"}</button>}
            {more && <button type="button" class="small" onClick={() => void readMore()}>Show more</button>}
            {problem && <span role="alert">{problem}</span>}
          </p>
        }
      >
        {(present) => present.filter((key) => all || works(key)).map((key) => <Row key={key.id} office={office} secretKey={key} put={put} reveal={reveal} />)}
      </List>
      <NewKey office={office} put={put} reload={keys.reload} reveal={reveal} />
    </>
  );
}

function works({ revokedAt, expiresAt }: Key): boolean {
  return !revokedAt && !(expiresAt && new Date(expiresAt) < new Date());
}

interface RowProps {
  office: Office;
  secretKey: Key;
  put: (key: Key) => void;
  reveal: Secrets["reveal"];
}

function Row({ office, secretKey: key, put, reveal }: RowProps) {
  const [problem, setProblem] = useState<string | null>(null);
  const name = key.label ?? "Key without a name";
  const rotation = useRotation(office);
  const guarded = (run: () => Promise<{ message: string } | undefined>, textOf = messageOf) => async () => {
    try {
      setProblem((await run())?.message ?? null);
    } catch (error) {
      setProblem(textOf(error));
    }
  };
  const revoke = guarded(async () => {
    const { key: after, errors } = (await office.ask(RevokeKeyDocument, { input: { keyId: key.id } })).revokeKey;
    if (after) put(after);
    return errors[0];
  });
  const rotate = guarded(async () => {
    const { changed, token, errors } = await rotation.rotate(key.id);
    for (const each of changed) put(each);
    if (token) reveal({ title: `The key “${key.label ?? "without a name"}”`, label: "Key", secret: token });
    return errors[0];
  }, (error) => unknownOf(error, "a new key", "Rotate"));
  return (
    <li class={works(key) ? "line" : "line gone"}>
      <div class="grow">
        <p class="name"><bdi>{name}</bdi> <span class="chip">{KINDS[key.kind][0]}{key.staff && <>: <bdi>{key.staff.name}</bdi></>}</span> <StateOf secretKey={key} /></p>
        {key.scopes.length > 0 && <p class="hint">{key.scopes.map((scope) => SCOPES[scope][0]).join(", ")}</p>}
        <p class="hint">
          Made {when(key.createdAt)}{key.createdBy && <> by <bdi>{key.createdBy.name}</bdi></>} · {key.lastUsedAt ? `last used ${when(key.lastUsedAt)}` : "never used"}
          {key.networks.length > 0 && ` · from ${key.networks.join(", ")} only`}
        </p>
      </div>
      {works(key) && (
        <div class="row">
          {(!key.expiresAt || rotation.isOpen()) && <Confirmed action="Rotate" question="Make a new key in its place? The old one works for a day." label={`Rotate ${name}`} run={rotate} />}
          <Confirmed action="Revoke" question="Revoke it? Programs that use it stop at once." label={`Revoke ${name}`} run={revoke} />
        </div>
      )}
      {problem && <p role="alert" class="wide">{problem}</p>}
    </li>
  );
}

function StateOf({ secretKey: { revokedAt, expiresAt } }: { secretKey: Key }) {
  if (revokedAt) return <span class="chip bad">Revoked {when(revokedAt)}</span>;
  if (!expiresAt) return null;
  return new Date(expiresAt) < new Date() ? <span class="chip">Ended {when(expiresAt)}</span> : <span class="chip warm">Ends {when(expiresAt)}</span>;
}

interface NewValues {
  label: string;
  kind: KeyKind;
  scopes: readonly KeyScope[];
  staffId: string;
  networks: string; // one a line
  expiresAt: string; // a local date and time
}

const EMPTY: NewValues = { label: "", kind: "SCOPED", scopes: [], staffId: "", networks: "", expiresAt: "" };

function NewKey({ office, put, reload, reveal }: Omit<RowProps, "secretKey"> & { reload: () => Promise<void> }) {
  const [attempt, setAttempt] = useState(random);
  const rotation = useRotation(office);
  const form = useForm(EMPTY, {
    save: async (_, values) => {
      const { key, token: made, errors } = (await office.ask(CreateKeyDocument, { input: inputOf(values, attempt) })).createKey;
      // The same call again after a lost response makes no second key, and returns no token: the key is replaced then.
      const { changed, token } = key && !made ? await rotation.rotate(key.id, true) : { changed: [], token: made };
      setAttempt(random());
      for (const each of key ? [key, ...changed] : []) put(each);
      if (!key) void reload(); // an attempt before may have succeeded
      if (key && token) reveal({ title: `The key “${key.label ?? "without a name"}”`, label: "Key", secret: token });
      return resentOf(errors, "the key", "Make the key");
    },
    failureOf: (error) => unknownOf(error, "the key", "Make the key"),
  });
  const { kind } = form.values;
  return (
    <Panel form={form} title="New key" action="Make the key" text="Nobody makes a key with more rights than they have.">
      <TextField form={form} name="label" label="Name" hint="Its purpose, or the place where it is used." placeholder="Warehouse" />
      <Cards form={form} name="kind" label="Holder" options={keysOf(KINDS).map((value) => ({ value, title: KINDS[value][0], text: KINDS[value][1] }))} />
      {kind === "SCOPED" && <Boxes form={form} name="scopes" label="Rights" options={keysOf(SCOPES).map((value) => ({ value, title: SCOPES[value][0], text: SCOPES[value][1] }))} />}
      {kind === "STAFF" && <Colleague office={office} form={form} />}
      <div class="pair">
        <TextField form={form} name="expiresAt" label="Ends" type="datetime-local" hint="Empty: it does not end." />
        <LongText form={form} name="networks" label="Networks" rows={2} hint="One a line, such as 203.0.113.0/24. Empty: from everywhere." />
      </div>
    </Panel>
  );
}

/** The team as it is when a key for a colleague is wanted. */
function Colleague({ office, form }: { office: Office; form: Form<NewValues> }) {
  const { data, problem, reload } = useLoaded(async () => (await office.ask(MembersDocument, {})).account?.staff ?? []);
  if (problem && !data) return <p role="alert">{problem} <button type="button" class="small" onClick={() => void reload()}>Try again</button></p>;
  return <Choice form={form} name="staffId" label="Colleague" options={membersOf(data)} />;
}

function membersOf(team: readonly MemberPartsFragment[] | null): [string, string][] {
  return (team ?? []).filter(({ suspendedAt }) => !suspendedAt).map(({ id, name }) => [id, name]);
}

function inputOf({ label, kind, scopes, staffId, networks, expiresAt }: NewValues, idempotencyKey: string): CreateKeyInput {
  const lines = networks.split(/\s+/).filter(Boolean);
  return {
    idempotencyKey,
    label: label.trim() || null,
    ...(kind === "SCOPED" ? { scopes: [...scopes] } : kind === "STAFF" ? { staffId } : { publishable: true }),
    networks: lines.length ? lines : null,
    expiresAt: expiresAt ? new Date(expiresAt).toISOString() : null,
  };
}
