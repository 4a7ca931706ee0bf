import { render } from "preact";
import type { Credential } from "../client/credential";
import { ENDPOINT } from "../pages/credentials";
import { SignIn } from "../pages/sign_in";
import { Settings } from "./components/settings";
import { askAs, readSettings } from "./office";

async function open(credential: Credential) {
  const ask = askAs(ENDPOINT, credential);
  return { ask, read: await readSettings(ask) };
}

render(
  <SignIn title="Settings" open={open}>{(opened, leave) => <Settings {...opened} leave={leave} />}</SignIn>,
  document.getElementById("page")!,
);
