import { pause } from "../client/pause";
import { IdentifyDocument } from "../documents/generated";
import { askForToken, personOf } from "./identity";
import type { Options, Session } from "./session";
import { isOpen } from "./state";
import type { Storage } from "./storage";

const RENEWAL = 5_000; // milliseconds for the page to get another identity token from the shop's server
const MOST_ASKED = 5; // tokens in a row that the server refused: a page that signs them wrongly is asked no more

/** Who the shopper is, by the identity tokens of the page, and whether the kept conversation is theirs. */
export class Proving {
  private unreadable = false; // the page's last identity token
  private renewed: () => void = () => {};
  private refused = 0; // tokens in a row
  private claiming: Promise<void> | null = null;
  private asking = 0; // proofs that the server has not answered yet, or that the page may still renew

  constructor(
    private readonly options: Options,
    private readonly storage: Storage,
    private readonly session: Session,
  ) {}

  /** As `Session.present`. */
  present(identityToken: string): void {
    const person = personOf(identityToken);
    this.unreadable = identityToken !== "" && person === undefined;
    if (this.unreadable) return this.presentUnreadable();
    const { shopper } = this.storage;
    if (shopper.person !== person) this.refused = 0;
    if (shopper.person !== undefined && shopper.person !== person) this.session.leave(person);
    else if (person !== undefined) this.storage.set("shopper", { ...shopper, person });
    this.options.identityToken = identityToken || undefined;
    this.renewed();
    const { state } = this.session;
    if (!this.isUnproved) return;
    if (state.conversation?.identityVerified) void this.claim();
    else if (isOpen(state)) void this.proveNobodys();
  }

  /** The server refused the token: asks the page for another one, and waits a moment for it. */
  async tokenRefused(identityToken: string, reason: string): Promise<void> {
    if (this.options.identityToken !== identityToken) return; // the page was faster
    this.options.identityToken = undefined;
    const renewed = new Promise<void>((resolve) => { this.renewed = resolve; });
    if (++this.refused > MOST_ASKED) return;
    askForToken(reason);
    await Promise.race([renewed, pause(RENEWAL)]);
  }

  /** Whether the page knows the customer, and the server has not taken the proof for this conversation. */
  get isUnproved(): boolean {
    const { identityToken } = this.options;
    return identityToken !== undefined && this.session.kept?.person !== personOf(identityToken);
  }

  /** Whether a conversation that was proved to be somebody's is perhaps not this customer's. */
  get isDoubtful(): boolean {
    return this.unreadable || this.isUnproved;
  }

  /** Whether it will be known in a moment whose the conversation is. */
  get isUnderWay(): boolean {
    return this.asking > 0;
  }

  /** Returns whether the server took the proof. After a refusal the page has had time for another token. */
  async prove(): Promise<boolean> {
    this.asking++;
    const isTaken = await this.ask().finally(() => { this.asking--; });
    this.session.sending.flush(); // what waited for the proof
    return isTaken;
  }

  /** Proves a conversation that was nobody's when it was read. It may have become somebody's before the proof is refused. */
  async proveNobodys(): Promise<void> {
    const { session } = this;
    const id = session.kept?.id;
    if ((await this.prove()) || id === undefined || !session.isShown(id)) return;
    if (session.state.conversation?.identityVerified && session.kept?.person === undefined) void this.claim();
  }

  private async ask(): Promise<boolean> {
    const { session, options: { identityToken } } = this;
    const { kept } = session;
    if (!kept || !identityToken) return false;
    const input = { conversationId: kept.id, identityToken };
    const code = await session.command(IdentifyDocument, input, (data) => data.identifyVisitor);
    if (!session.isShown(kept.id)) return false;
    const person = personOf(identityToken);
    if (code === "INVALID") await this.tokenRefused(identityToken, "The server refused it.");
    else if (code === "CONFLICT") this.changeShopper(identityToken);
    else if (code === null) {
      this.accepted();
      this.storage.set("conversation", { ...session.kept!, person });
    }
    return code === null;
  }

  /** A conversation that was proved to be somebody's stays if the server takes this customer's proof for it, and ends else. */
  claim(): Promise<void> {
    return this.claiming ??= this.proveOrForget().finally(() => {
      this.claiming = null;
      this.session.sending.flush();
    });
  }

  /** Returns whether the server took a proof: of two tokens, since the first one may have expired. */
  async proveTwice(): Promise<boolean> {
    return (await this.prove()) || this.prove();
  }

  /** It is somebody's, and nobody knows whether it is this customer's: what is written begins another one. */
  forgetUnproved(id: string): void {
    if (!this.session.isShown(id)) return; // it has been forgotten already
    this.storage.set("browser", undefined);
    this.session.forget();
  }

  /** The server has taken a token. */
  accepted(): void {
    this.refused = 0;
  }

  private async proveOrForget(): Promise<void> {
    const id = this.session.kept?.id;
    if (id !== undefined && !(await this.proveTwice())) this.forgetUnproved(id);
  }

  /** Somebody is signed in, and nobody can read who: what is known to be a customer's may be another one's. */
  private presentUnreadable(): void {
    const { conversation } = this.session.state;
    if (this.storage.shopper.person !== undefined) this.session.leave();
    else if (conversation?.identityVerified) this.forgetUnproved(conversation.id);
    askForToken("It is not a JWT with `sub`.");
  }

  /** The conversation was proved to be another customer's. */
  private changeShopper(identityToken: string): void {
    this.session.leave(personOf(identityToken));
    this.options.identityToken = identityToken;
  }
}
