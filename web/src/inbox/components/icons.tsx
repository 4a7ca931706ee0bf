import type { Channel } from "../../documents/generated";

const SHAPES = {
  bell: "M4 11.5h8l-1-1.7V7a3 3 0 0 0-6 0v2.8zM6.7 13.5h2.6",
  search: "M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9zM10.3 10.3 14 14",
  filter: "M2 4h12M4.5 8h7M7 12h2",
  back: "M10 3 5 8l5 5",
  check: "M3 8.5 6.5 12 13 4.5",
  info: "M8 7.5V12M8 4.5v.1M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13z",
  clock: "M8 4.5V8l2.5 1.5M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13z",
  clip: "M13 7.5 8 12.5a3 3 0 0 1-4.3-4.3l5.3-5.3a2 2 0 0 1 2.9 2.9l-5.2 5.2a1 1 0 0 1-1.5-1.5L10 4.8",
  bin: "M2.5 4.5h11M6 4.5V2.5h4v2M4 4.5l.7 9h6.6l.7-9M6.7 7v4.5M9.3 7v4.5",
  pen: "M3 13l.7-3L11 2.7l2.3 2.3L6 12.3z",
  hidden: "M2 2l12 12M6.5 6.7a2 2 0 0 0 2.8 2.8M4.3 4.6C2.8 5.6 1.8 7.2 1.5 8c.6 1.5 3 4.5 6.5 4.5 1.3 0 2.5-.4 3.5-1M7 3.6c3.9-.6 6.8 2.6 7.5 4.4-.2.6-.7 1.4-1.4 2.1",
  WEB_CHAT: "M2.5 3.5h11v7.5H7L4 13.5V11H2.5z",
  SMS: "M5 1.5h6v13H5zM7 12.5h2",
  EMAIL: "M2 4h12v8.5H2zM2 4.5l6 4.5 6-4.5",
  WHATSAPP: "M2.5 13.5l.8-2.8A5.5 5.5 0 1 1 5.4 12.8zM6 6.2c.3 1.8 1.7 3.2 3.6 3.6",
} as const;

/** A small picture that says nothing that the text beside it does not say. */
export function Icon({ name }: { name: keyof typeof SHAPES }) {
  return <svg class="icon" viewBox="0 0 16 16" aria-hidden="true"><path d={SHAPES[name]} /></svg>;
}

const CHANNELS: Record<Channel, string> = { WEB_CHAT: "Web chat", SMS: "SMS", EMAIL: "E-mail", WHATSAPP: "WhatsApp" };

export function channelName(channel: Channel): string {
  return CHANNELS[channel];
}

export function channels(): Channel[] {
  return Object.keys(CHANNELS) as Channel[];
}
