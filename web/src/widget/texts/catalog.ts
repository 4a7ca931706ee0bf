/** The widget's own words in one language. What agents, staff and Baton write comes from the server. `{…}` is replaced. */
export interface Catalog {
  open: string;
  close: string;
  chatWith: string; // {shop}
  write: string;
  send: string;
  attach: string;
  remove: string; // {name}
  typing: string; // {name}
  waiting: string;
  reconnecting: string;
  sending: string;
  notSent: string;
  retry: string;
  discard: string;
  ended: string;
  end: string;
  endQuestion: string;
  cancel: string;
  email: string;
  emailSend: string;
  emailWrong: string;
  earlier: string;
  unread: string; // {count}
  unavailable: string;
  removed: string;
  tooLong: string; // {count}
  tooLarge: string; // {name}
  tooMany: string; // {count}
  typeRefused: string; // {name}
  textFirst: string;
  newWindow: string;
  refused: string;
}
