import { render } from "preact";
import type { Credential } from "../client/credential";
import { ENDPOINT } from "../pages/credentials";
import { SignIn } from "../pages/sign_in";
import { Board } from "./board";
import { Dashboard } from "./components/dashboard";
import { fragmentOf, viewOf } from "./view";

async function open(credential: Credential): Promise<Board> {
  const board = new Board(ENDPOINT, credential);
  await board.start(viewOf(location.hash));
  if (fragmentOf(board.state.view) !== fragmentOf(viewOf(location.hash))) history.replaceState(null, "", fragmentOf(board.state.view));
  return board;
}

render(
  <SignIn title="Dashboard" open={open}>{(board, leave) => <Dashboard board={board} leave={leave} />}</SignIn>,
  document.getElementById("page")!,
);
