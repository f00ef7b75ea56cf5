/** What the server counts about itself. */
export interface Statistics {
  connections: number;
  commands: number;
  expiredKeys: number;
  hits: number;
  misses: number;
  errors: number;
  bytesIn: number;
  bytesOut: number;
}

export function createStatistics(): Statistics {
  return {
    connections: 0,
    commands: 0,
    expiredKeys: 0,
    hits: 0,
    misses: 0,
    errors: 0,
    bytesIn: 0,
    bytesOut: 0,
  };
}
