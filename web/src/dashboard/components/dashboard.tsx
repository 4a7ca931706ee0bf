import { useEffect, useState } from "preact/hooks";
import { Header } from "../../pages/header";
import type { Board } from "../board";
import { offlineText } from "../../pages/connection";
import { clock } from "../../pages/times";
import { Current, followHistory } from "../navigation";
import type { State } from "../state";
import { Bars } from "./bars";
import { Cards } from "./cards";
import { Controls } from "./controls";
import { Drawer } from "./drawer";
import { Feed } from "./feed";
import { List } from "./list";
import { Past } from "./past";

/** The whole page. */
export function Dashboard({ board, leave }: { board: Board; leave: () => void }) {
  const state = useBoardState(board);
  const { view, report, loading, trouble } = state;
  return (
    <Current.Provider value={board}>
      <Header page="dashboard" name={state.name} leave={leave}><Freshness state={state} /></Header>
      <main id="content" class="dashboard" aria-busy={loading}>
        <Controls state={state} />
        <Past state={state} />
        {trouble && !view.open && <p role="alert">{trouble}</p>}
        {report && (
          <>
            <Cards view={view} report={report} />
            <div class="middle">
              <Bars view={view} report={report} reported={state.reported} />
              <Feed state={state} />
            </div>
            <List state={state} />
          </>
        )}
      </main>
      <Drawer state={state} />
    </Current.Provider>
  );
}

/** Says whether the numbers are those of now. */
function Freshness({ state: { view, report, live, refusal } }: { state: State }) {
  const zone = report?.range.timeZone ?? "UTC";
  const [tone, text] = view.asOf !== null ? ["warm", "The past"] : live ? ["good", "Live"] : ["bad", offlineText(refusal)];
  return (
    <p class="freshness">
      <span class={`chip ${tone}`} role="status" title={live ? undefined : refusal ?? undefined}>{text}</span>
      {view.asOf === null && live && report && <span>last change {clock(report.asOf, zone)}</span>}
    </p>
  );
}

function useBoardState(board: Board): State {
  const [state, setState] = useState(board.state);
  useEffect(() => {
    board.changed = () => setState(board.state);
    board.changed();
    const end = followHistory(board);
    return () => {
      end();
      board.close();
    };
  }, [board]);
  return state;
}
