import type { Session } from "../server/session.ts";

/** A session as a line of `CLIENT LIST`. */
export function describeSession(session: Session): string {
  const { engine, transport } = session;
  const seconds = (since: number): number => Math.max(0, Math.floor((engine.time - since) / 1000));
  const facts: Readonly<Record<string, string | number>> = {
    id: session.id,
    addr: transport.address,
    laddr: transport.localAddress,
    fd: session.id + 7,
    name: session.name,
    age: seconds(session.createdAt),
    idle: seconds(session.lastActiveAt),
    flags: flagsOf(session),
    db: session.databaseIndex,
    sub: session.channels.size,
    psub: session.patterns.size,
    ssub: session.shardChannels.size,
    multi: session.transaction?.length ?? -1,
    qbuf: 0,
    "qbuf-free": 0,
    "argv-mem": 0,
    "multi-mem": 0,
    rbs: 0,
    rbp: 0,
    obl: 0,
    oll: 0,
    omem: transport.pendingBytes,
    "tot-mem": transport.pendingBytes,
    events: "r",
    cmd: session.lastCommand === "" ? "NULL" : session.lastCommand,
    user: "default",
    redir: -1,
    resp: session.protocol,
    "lib-name": session.libraryName,
    "lib-ver": session.libraryVersion,
  };
  return Object.entries(facts)
    .map(([name, value]) => `${name}=${value}`)
    .join(" ");
}

function flagsOf(session: Session): string {
  const flags =
    (session.subscriptionCount > 0 ? "P" : "") +
    (session.transaction === undefined ? "" : "x") +
    (session.blockedCall === undefined ? "" : "b") +
    (session.isWatchBroken ? "d" : "") +
    (session.isMonitor ? "O" : "") +
    (session.isUnevictable ? "e" : "") +
    (session.isUntouching ? "T" : "");
  return flags === "" ? "N" : flags;
}
