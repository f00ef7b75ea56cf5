import { ReplyError } from "../protocol/reply-error.ts";
import { noReply, PushReply } from "../protocol/reply.ts";
import type { Reply } from "../protocol/reply.ts";
import type { Session } from "../server/session.ts";
import { compileGlob } from "../values/glob-pattern.ts";
import { createCommands } from "./command.ts";
import type { Command, CommandHandler } from "./command.ts";
import type { CommandArguments } from "./command-arguments.ts";
import { helpSubcommand } from "./help.ts";

const listening = "pubsub noscript loading stale";
const asking = "pubsub loading stale";

type Kind = "channel" | "pattern" | "shard";

interface KindActions {
  word: string;
  names: (session: Session) => ReadonlySet<string>;
  add: (session: Session, name: string) => void;
  remove: (session: Session, name: string) => void;
  count: (session: Session) => number;
}

const kinds: Readonly<Record<Kind, KindActions>> = {
  channel: {
    word: "subscribe",
    names: (session) => session.channels,
    add: (session, name) => session.engine.pubsub.subscribe(session, name),
    remove: (session, name) => session.engine.pubsub.unsubscribe(session, name),
    count: (session) => session.subscriptionCount,
  },
  pattern: {
    word: "psubscribe",
    names: (session) => session.patterns,
    add: (session, name) => session.engine.pubsub.subscribePattern(session, name),
    remove: (session, name) => session.engine.pubsub.unsubscribePattern(session, name),
    count: (session) => session.subscriptionCount,
  },
  shard: {
    word: "ssubscribe",
    names: (session) => session.shardChannels,
    add: (session, name) => session.engine.pubsub.subscribeShard(session, name),
    remove: (session, name) => session.engine.pubsub.unsubscribeShard(session, name),
    count: (session) => session.shardChannels.size,
  },
};

/** Publish and subscribe. */
export const pubsubCommands: readonly Command[] = createCommands("pubsub", [
  { name: "psubscribe", arity: -2, flags: listening, run: subscribe("pattern") },
  { name: "publish", arity: 3, flags: "pubsub loading stale fast", run: publish },
  {
    name: "pubsub",
    arity: -2,
    subcommands: [
      {
        name: "channels",
        arity: -2,
        flags: asking,
        run: (args, { engine }) => list(args, engine.pubsub.channels),
      },
      helpSubcommand("pubsub", [
        "CHANNELS [<pattern>]",
        "NUMPAT",
        "NUMSUB [<channel> ...]",
        "SHARDCHANNELS [<pattern>]",
        "SHARDNUMSUB [<shardchannel> ...]",
      ]),
      { name: "numpat", arity: 2, flags: asking, run: (_args, { engine }) => engine.pubsub.patternCount },
      {
        name: "numsub",
        arity: -2,
        flags: asking,
        run: (args, { engine }) => count(args, engine.pubsub.channels),
      },
      {
        name: "shardchannels",
        arity: -2,
        flags: asking,
        run: (args, { engine }) => list(args, engine.pubsub.shardChannels),
      },
      {
        name: "shardnumsub",
        arity: -2,
        flags: asking,
        run: (args, { engine }) => count(args, engine.pubsub.shardChannels),
      },
    ],
  },
  { name: "punsubscribe", arity: -1, flags: listening, run: unsubscribe("pattern") },
  { name: "spublish", arity: 3, flags: "pubsub loading stale fast", keys: [1, 1, 1], run: publishShard },
  { name: "ssubscribe", arity: -2, flags: listening, keys: [1, -1, 1], run: subscribe("shard") },
  { name: "subscribe", arity: -2, flags: listening, run: subscribe("channel") },
  { name: "sunsubscribe", arity: -1, flags: listening, keys: [1, -1, 1], run: unsubscribe("shard") },
  { name: "unsubscribe", arity: -1, flags: listening, run: unsubscribe("channel") },
]);

/** Every name is answered with a message of its own. */
function subscribe(kind: Kind): CommandHandler {
  const { word, add, count: countOf } = kinds[kind];
  return (args, session) => {
    if (!session.mayBlock) {
      throw new ReplyError(`ERR ${word.toUpperCase()} isn't allowed for a DENY BLOCKING client`);
    }
    for (const name of args.rest()) {
      add(session, name);
      session.send(new PushReply([word, name, countOf(session)]));
    }
    return noReply;
  };
}

/** Without names, everything of the kind is left. */
function unsubscribe(kind: Kind): CommandHandler {
  const { word, names, remove, count: countOf } = kinds[kind];
  const answer = word.replace("sub", "unsub");
  return (args, session) => {
    if (!session.mayBlock) {
      throw new ReplyError(`ERR ${answer.toUpperCase()} isn't allowed for a DENY BLOCKING client`);
    }
    const chosen = args.remaining > 0 ? args.rest() : [...names(session)];
    for (const name of chosen) {
      remove(session, name);
      session.send(new PushReply([answer, name, countOf(session)]));
    }
    if (chosen.length === 0) session.send(new PushReply([answer, null, countOf(session)]));
    return noReply;
  };
}

function publish(args: CommandArguments, { engine }: Session): Reply {
  return engine.pubsub.publish(args.next(), args.next());
}

function publishShard(args: CommandArguments, { engine }: Session): Reply {
  return engine.pubsub.publishShard(args.next(), args.next());
}

function list(args: CommandArguments, channels: ReadonlyMap<string, unknown>): Reply {
  const matches = compileGlob(args.remaining > 0 ? args.next() : "*");
  return [...channels.keys()].filter((channel) => matches(channel));
}

function count(args: CommandArguments, channels: ReadonlyMap<string, ReadonlySet<Session>>): Reply {
  return args.rest().flatMap((channel) => [channel, channels.get(channel)?.size ?? 0]);
}
