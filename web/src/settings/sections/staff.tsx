import { useState } from "preact/hooks";
import { random } from "../../client/random";
import { Avatar } from "../../pages/avatar";
import {
  InviteMemberDocument, MembersDocument, ReinstateMemberDocument, SuspendMemberDocument, UpdateMemberDocument,
  type MemberPartsFragment, type StaffRole, type UpdateStaffInput,
} from "../../documents/generated";
import { useForm } from "../form";
import { ROLES } from "../names";
import { keysOf } from "../../pages/names";
import { when } from "../../pages/times";
import { messageOf, useLoaded, withItem, type Office } from "../office";
import { isUnknown, resentOf, useRotation } from "../rotation";
import { Confirmed } from "../components/confirmed";
import { useSecrets } from "../components/secrets";
import { Cards, Switch, TextField } from "../components/fields";
import { List } from "../components/list";
import { Panel } from "../components/panel";

type Member = MemberPartsFragment;

const ROLE_CARDS = keysOf(ROLES).map((value) => ({ value, title: ROLES[value][0], text: ROLES[value][1] }));

/** The members of the team with their roles, and the invitation of others. */
export function Staff({ office, shown }: { office: Office; shown: boolean }) {
  const team = useLoaded(async () => (await office.ask(MembersDocument, {})).account?.staff ?? [], shown);
  const put = (member: Member) => {
    team.put((members) => withItem(members, member));
    if (member.id === office.settings.me.id) office.put(({ me }) => ({ me: { ...me, name: member.name, role: member.role } }));
  };
  return (
    <>
      <List title="The team" loaded={team} empty="Nobody yet.">
        {(members) => members.map((member) => <Row key={member.id} office={office} member={member} put={put} />)}
      </List>
      <Invitation office={office} put={put} reload={team.reload} />
    </>
  );
}

interface RowProps {
  office: Office;
  member: Member;
  put: (member: Member) => void;
}

function Row({ office, member, put }: RowProps) {
  const [edited, setEdited] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const run = async (suspend: boolean) => {
    const input = { staffId: member.id };
    try {
      const { staff, errors } = suspend
        ? (await office.ask(SuspendMemberDocument, { input })).suspendStaff
        : (await office.ask(ReinstateMemberDocument, { input })).reinstateStaff;
      if (staff) put(staff);
      setProblem(errors[0]?.message ?? null);
    } catch (error) {
      setProblem(messageOf(error));
    }
  };
  const self = member.id === office.settings.me.id;
  return (
    <li class={member.suspendedAt ? "line gone" : "line"}>
      <Avatar name={member.name} />
      <div class="grow">
        <p class="name"><bdi>{member.name}</bdi> {self && <span class="chip">You</span>} <StateOf member={member} /></p>
        <p class="hint"><bdi>{member.email}</bdi>{member.capacity !== null && ` · up to ${member.capacity} tickets`}</p>
      </div>
      <span class="chip">{member.role && ROLES[member.role][0]}</span>
      <div class="row">
        <button type="button" class="small" aria-expanded={edited} aria-label={`Edit ${member.name}`} onClick={() => setEdited(!edited)}>Edit</button>
        {member.suspendedAt
          ? <button type="button" class="small" aria-label={`Reinstate ${member.name}`} onClick={() => void run(false)}>Reinstate</button>
          : !self && <Confirmed action="Deactivate" question={`Deactivate ${member.name}? Keys and sessions end at once.`} label={`Deactivate ${member.name}`} run={() => run(true)} />}
      </div>
      {problem && <p role="alert" class="wide">{problem}</p>}
      {edited && <div class="wide"><Editor office={office} member={member} put={put} /></div>}
    </li>
  );
}

function StateOf({ member }: { member: Member }) {
  if (member.suspendedAt) return <span class="chip bad">Deactivated {when(member.suspendedAt)}</span>;
  return member.availability === "ONLINE" ? <span class="chip good">Available</span> : null;
}

interface MemberValues {
  name: string;
  role: StaffRole;
  capacity: string; // empty: no limit
}

function Editor({ office, member, put }: RowProps) {
  const base = { name: member.name, role: member.role ?? "SUPPORT", capacity: member.capacity === null ? "" : String(member.capacity) };
  const form = useForm<MemberValues>(base, {
    save: async ({ capacity, ...changes }) => {
      const input: UpdateStaffInput = { staffId: member.id, ...changes };
      if (capacity !== undefined) input.capacity = capacity === "" ? null : Number(capacity);
      const { staff, errors } = (await office.ask(UpdateMemberDocument, { input })).updateStaff;
      if (staff) put(staff);
      return errors;
    },
  });
  return (
    <Panel form={form} title={`Change ${member.name}`}>
      <TextField form={form} name="name" label="Name" hint="Shoppers and colleagues see it." />
      <Cards form={form} name="role" label="Role" options={ROLE_CARDS} />
      <TextField form={form} name="capacity" label="Open tickets at most" type="number" min="0" max="1000" hint="Up to this number, tickets are assigned in turn. Empty: no limit." />
    </Panel>
  );
}

interface NewMember {
  name: string;
  email: string;
  role: StaffRole;
  withKey: boolean;
}

function Invitation({ office, put, reload }: { office: Office; put: (member: Member) => void; reload: () => Promise<void> }) {
  const { reveal, shown } = useSecrets();
  const [attempt, setAttempt] = useState(random);
  const rotation = useRotation(office);
  const form = useForm<NewMember>({ name: "", email: "", role: "SUPPORT", withKey: false }, {
    save: async (_, { withKey, ...member }) => {
      const input = { ...member, ...(withKey && { key: { label: `First key of ${member.name}` } }), idempotencyKey: attempt };
      const { staff, key, token: made, errors } = (await office.ask(InviteMemberDocument, { input })).inviteStaff;
      // The same call again after a lost response invites nobody twice, and returns no token: the key is replaced then.
      const token = key && !made ? (await rotation.rotate(key.id, true)).token : made;
      setAttempt(random());
      if (staff) put(staff);
      else void reload(); // an attempt before may have succeeded
      if (token) reveal({ title: `The key of ${member.name}`, label: "Key", secret: token });
      return resentOf(errors, "the member", "Invite");
    },
    failureOf: (error) => (isUnknown(error) ? "The server did not respond, and it is unknown whether it invited the colleague. Press “Invite” once more: nobody is invited twice." : messageOf(error)),
  });
  return (
    <>
      {shown}
      <Panel form={form} title="Invite a colleague" action="Invite" text="A colleague signs in with the e-mail address, or with a key.">
        <div class="pair">
          <TextField form={form} name="name" label="Name" required />
          <TextField form={form} name="email" label="E-mail address" type="email" required />
        </div>
        <Cards form={form} name="role" label="Role" options={ROLE_CARDS} />
        <Switch form={form} name="withKey" label="Make a first key, which is shown once" hint="For a colleague who does not sign in with an OpenID provider." />
      </Panel>
    </>
  );
}
