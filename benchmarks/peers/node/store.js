// What the peers on Node.js read and write, by the official driver and over the same indexes as Baton's.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import DataLoader from 'dataloader';
import { MongoClient } from 'mongodb';

export const port = Number(process.argv[2]);
export const config = JSON.parse(readFileSync(process.argv[3], 'utf8'));

const STATUSES = {
  open: 'OPEN',
  resolvedByAi: 'RESOLVED_BY_AI',
  notResolvedByAi: 'NOT_RESOLVED_BY_AI',
  closed: 'CLOSED',
};

export const client = await new MongoClient(config.uri, { writeConcern: { w: 'majority' } }).connect();
const database = client.db(config.database);
const conversations = database.collection('conversations');
const messages = database.collection('messages');
const profiles = database.collection('profiles');

export const profileLoader = () =>
  new DataLoader(async (ids) => {
    const found = new Map();
    for (const row of await profiles.find({ _id: { $in: [...ids] } }).toArray()) found.set(row._id, row);
    return ids.map((id) => found.get(id) ?? null);
  });

const split = (rows, first) => ({ nodes: rows.slice(0, first), pageInfo: { hasNextPage: rows.length > first } });

export async function page(first, after) {
  const query = { account: config.account };
  if (after) {
    const [at, lastId] = after.split(':');
    const startedAt = new Date(Number(at));
    query.$or = [{ started_at: { $lt: startedAt } }, { started_at: startedAt, _id: { $lt: lastId } }];
    query.started_at = { $lte: startedAt };
  }
  const rows = await conversations.find(query).sort({ started_at: -1, _id: -1 }).limit(first + 1).toArray();
  return split(rows, first);
}

export const conversation = (id) => conversations.findOne({ _id: id, account: config.account });

export async function messagesOf(row, first) {
  const query = { account: config.account, conversation_id: row._id };
  return split(await messages.find(query).sort({ sequence: 1 }).limit(first + 1).toArray(), first);
}

const offsets = new Intl.DateTimeFormat('en-US', { timeZone: config.time_zone, timeZoneName: 'longOffset' });

// The instant at which a day begins in the account's time zone.
function beginOf(day, plus = 0) {
  const midnight = Date.parse(`${day}T00:00:00Z`) + plus * 86_400_000;
  const [, sign, hours, minutes] = /GMT(?:([+-])(\d+):(\d+))?/.exec(offsets.format(midnight));
  const offset = sign ? (sign === '-' ? -1 : 1) * (hours * 60 + Number(minutes)) : 0;
  return new Date(midnight - offset * 60_000);
}

export async function report({ start, end }) {
  const days = { $gte: beginOf(start), $lt: beginOf(end, 1) };
  const found = await conversations
    .aggregate([
      { $match: { account: config.account, started_at: days } },
      { $group: { _id: '$status', count: { $sum: 1 } } },
    ])
    .toArray();
  const counts = Object.fromEntries(found.map((row) => [row._id, row.count]));
  const volume = found.reduce((sum, row) => sum + row.count, 0);
  const report = { totalVolume: { count: volume } };
  for (const [name, status] of Object.entries(STATUSES)) {
    const count = counts[status] ?? 0;
    report[name] = { count, rate: volume ? count / volume : null };
  }
  return report;
}

// A message is four writes in a transaction: conversation, message, event, search row.
export const send = (conversationId, text) =>
  client.withSession((session) =>
    session.withTransaction(async () => {
      const now = new Date();
      const row = await conversations.findOneAndUpdate(
        { _id: conversationId },
        { $inc: { sequence: 1, message_count: 1, version: 1 }, $set: { last_message_at: now } },
        { returnDocument: 'after', session },
      );
      const message = {
        _id: randomUUID(),
        account: config.account,
        conversation_id: conversationId,
        sequence: row.sequence,
        kind: 'TEXT',
        author: { kind: 'SHOPPER', name: row.display_name },
        text,
        sent_at: now,
      };
      await messages.insertOne(message, { session });
      const event = { _id: randomUUID(), account: config.account, message, conversation: row };
      await database.collection('events').insertOne(event, { session });
      await database
        .collection('rows')
        .updateOne(
          { _id: conversationId },
          { $set: { last_message_at: now }, $addToSet: { terms: { $each: text.toLowerCase().split(' ') } } },
          { session, upsert: true },
        );
      return message;
    }),
  );

// The events of the inbox: each has its message, its conversation and the shopper's profile.
export async function deliver(publish) {
  for await (const change of database.collection(config.feed).watch([], { maxAwaitTimeMS: 1000 }))
    await publish(change.fullDocument);
}
