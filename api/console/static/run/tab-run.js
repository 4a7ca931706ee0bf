// One tab's runs: its runner, its results, and its line of status. They go on while another tab is shown.

import { element } from "../dom.js";
import { Results } from "./results.js";
import { Runner } from "./runner.js";

export class TabRun {
  // view: an element made from #run-view; onPayload(data), onToken(token): what results hold; onChange(): anything else
  constructor({ url, credential, view, onPayload, onToken, onChange }) {
    Object.assign(this, { view, onPayload, onToken, onChange });
    this.status = "";
    this.streaming = false;
    this.offer = view.querySelector(".offer");
    const [pane, problems] = [view.querySelector(".result"), view.querySelector(".problems")];
    this.results = new Results({ pane, problems, onChange });
    this.runner = new Runner({ url, credential, on: this.listener() });
  }

  get running() {
    return this.runner.running;
  }

  get live() {
    return this.streaming && this.running;
  }

  run(operation, request, headers) {
    return this.runner.run(operation, request, headers);
  }

  stop() {
    this.runner.stop();
  }

  close() {
    this.stop();
    this.view.remove();
  }

  clear() {
    if (this.live) this.results.stream();
    else this.results.clear();
  }

  say(text) {
    this.status = text;
    this.onChange();
  }

  fail(text) {
    this.results.fail(text);
  }

  listener() {
    return {
      begin: () => {
        this.results.clear();
        this.offer.hidden = true;
        this.streaming = false;
      },
      response: (payload, { status, milliseconds, characters }) => {
        this.results.show(payload);
        this.offerToken(payload.data);
        this.onPayload(payload.data);
        this.say(`${status} · ${milliseconds} ms · ${characters.toLocaleString("en")} characters`);
      },
      stream: () => {
        this.streaming = true;
        this.results.stream();
      },
      frame: (payload) => {
        this.results.frame(payload);
        this.onPayload(payload.data);
      },
      note: (text) => this.results.note(text),
      state: (text) => this.say(text),
      fail: (text, errors) => {
        if (errors) this.results.complain(errors);
        else this.results.fail(text);
        if (this.streaming) this.results.note(text);
        this.say(this.streaming ? "ended" : "failed");
      },
      end: () => this.onChange(),
    };
  }

  offerToken(data) {
    const token = data && Object.values(data).find((each) => each?.visitorToken)?.visitorToken;
    this.offer.hidden = !token;
    if (!token) return;
    const use = () => {
      this.offer.hidden = true;
      this.onToken(token);
      this.say("The visitor token is the credential now.");
    };
    const button = element("button", { type: "button", onclick: use }, "Use it as the credential");
    this.offer.replaceChildren("This result has a visitor token, which opens this conversation. ", button);
  }
}
