import { render } from "preact";
import { ENDPOINT } from "../pages/credentials";
import { SignIn } from "../pages/sign_in";
import { Inbox } from "./components/inbox";
import { Desk } from "./desk";

async function open(credential: ConstructorParameters<typeof Desk>[1]): Promise<Desk> {
  const desk = new Desk(ENDPOINT, credential);
  await desk.start();
  return desk;
}

render(
  <SignIn title="Inbox" open={open}>{(desk, leave) => <Inbox desk={desk} leave={leave} />}</SignIn>,
  document.getElementById("page")!,
);
