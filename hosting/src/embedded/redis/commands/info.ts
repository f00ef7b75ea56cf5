import process from "node:process";

import { compatibleVersion } from "../server/compatible-version.ts";
import type { Engine } from "../server/engine.ts";

type Facts = Readonly<Record<string, string | number>>;

/** The sections of `INFO` in their order. */
const sections: Readonly<Record<string, (engine: Engine) => Facts>> = {
  server: describeProcess,
  clients: ({ sessions, blockedCalls, settings }) => ({
    connected_clients: sessions.size,
    cluster_connections: 0,
    maxclients: settings.get("maxclients"),
    blocked_clients: blockedCalls.count,
    tracking_clients: 0,
    clients_in_timeout_table: 0,
  }),
  memory: describeMemory,
  persistence: describePersistence,
  stats: describeStatistics,
  replication: () => ({
    role: "master",
    connected_slaves: 0,
    master_failover_state: "no-failover",
    master_repl_offset: 0,
    second_repl_offset: -1,
    repl_backlog_active: 0,
  }),
  cpu: () => {
    const { user, system } = process.cpuUsage();
    return { used_cpu_sys: (system / 1e6).toFixed(6), used_cpu_user: (user / 1e6).toFixed(6) };
  },
  modules: () => ({}),
  errorstats: () => ({}),
  cluster: () => ({ cluster_enabled: 0 }),
  keyspace: describeKeyspace,
};

/** The text of `INFO`, all of it or the sections that are named. */
export function describeServer(engine: Engine, names: readonly string[]): string {
  const wanted = new Set(names.map((name) => name.toLowerCase()));
  const isAll = wanted.size === 0 || wanted.has("default") || wanted.has("all") || wanted.has("everything");
  return Object.entries(sections)
    .filter(([name]) => isAll || wanted.has(name))
    .map(([name, describe]) => {
      const lines = Object.entries(describe(engine)).map(([key, value]) => `${key}:${value}\r\n`);
      return `# ${titles[name] ?? name[0]?.toUpperCase() + name.slice(1)}\r\n${lines.join("")}`;
    })
    .join("\r\n");
}

const titles: Readonly<Record<string, string>> = { cpu: "CPU" };

function describeProcess(engine: Engine): Facts {
  const uptime = Math.max(0, Math.floor((engine.time - engine.startedAt) / 1000));
  return {
    redis_version: compatibleVersion,
    redis_git_sha1: "00000000",
    redis_git_dirty: 0,
    redis_build_id: "dext-embedded",
    redis_mode: "standalone",
    os: `${process.platform} ${process.arch}`,
    arch_bits: 64,
    process_id: process.pid,
    run_id: engine.runId,
    tcp_port: engine.settings.get("port"),
    server_time_usec: engine.time * 1000,
    uptime_in_seconds: uptime,
    uptime_in_days: Math.floor(uptime / 86_400),
    hz: 10,
    configured_hz: 10,
    executable: process.execPath,
    config_file: "",
  };
}

function describeMemory({ settings, scripts }: Engine): Facts {
  const { heapUsed, rss } = process.memoryUsage();
  return {
    used_memory: heapUsed,
    used_memory_human: `${(heapUsed / 2 ** 20).toFixed(2)}M`,
    used_memory_rss: rss,
    used_memory_rss_human: `${(rss / 2 ** 20).toFixed(2)}M`,
    used_memory_peak: rss,
    number_of_cached_scripts: scripts.size,
    maxmemory: settings.get("maxmemory"),
    maxmemory_human: `${settings.get("maxmemory")}B`,
    maxmemory_policy: settings.get("maxmemory-policy"),
    mem_allocator: "v8",
  };
}

function describePersistence({ persistence, changes, startedAt }: Engine): Facts {
  return {
    loading: 0,
    async_loading: 0,
    rdb_changes_since_last_save: changes,
    rdb_bgsave_in_progress: persistence?.isSaving === true ? 1 : 0,
    rdb_last_save_time: Math.floor((persistence?.savedAt ?? startedAt) / 1000),
    rdb_last_bgsave_status: persistence?.hasFailed === true ? "err" : "ok",
    aof_enabled: 0,
  };
}

function describeStatistics({ statistics, pubsub }: Engine): Facts {
  return {
    total_connections_received: statistics.connections,
    total_commands_processed: statistics.commands,
    total_net_input_bytes: statistics.bytesIn,
    total_net_output_bytes: statistics.bytesOut,
    rejected_connections: 0,
    expired_keys: statistics.expiredKeys,
    evicted_keys: 0,
    keyspace_hits: statistics.hits,
    keyspace_misses: statistics.misses,
    pubsub_channels: pubsub.channels.size,
    pubsub_patterns: pubsub.patternCount,
    pubsubshard_channels: pubsub.shardChannels.size,
    total_error_replies: statistics.errors,
  };
}

function describeKeyspace({ databases }: Engine): Facts {
  return Object.fromEntries(
    databases
      .filter(({ size }) => size > 0)
      .map(({ index, size, expiringCount }) => [
        `db${index}`,
        `keys=${size},expires=${expiringCount},avg_ttl=0`,
      ]),
  );
}
