/*
 * Philippe Flajolet's algorithm with the parameters of Redis (16,384 registers, MurmurHash64A, the estimator of
 * Otmar Ertl, arXiv:1702.01284), so that counts are the same as those of a real server.
 */

const registerBits = 14;
const registerCount = 2 ** registerBits;
const hashBits = 64 - registerBits;
const hashSeed = 0xadc83b19n;
const header = "HYLL\0";
const mask64 = 2n ** 64n - 1n;

/** An estimate of how many different items were added. */
export class HyperLogLog {
  readonly #registers: Uint8Array;

  constructor(registers: Uint8Array = new Uint8Array(registerCount)) {
    this.#registers = registers;
  }

  /** Reads what {@link HyperLogLog.toText} gave, `undefined` for anything else. */
  static parse(text: string): HyperLogLog | undefined {
    if (text.length !== header.length + registerCount || !text.startsWith(header)) return undefined;
    return new HyperLogLog(Uint8Array.from(Buffer.from(text.slice(header.length), "latin1")));
  }

  toText(): string {
    return header + Buffer.from(this.#registers).toString("latin1");
  }

  /** Adds an item and says whether the estimate may have changed. */
  add(item: string): boolean {
    const hash = murmurHash64(item);
    const index = Number(hash & BigInt(registerCount - 1));
    const rank = trailingZeros(hash >> BigInt(registerBits)) + 1;
    if ((this.#registers[index] as number) >= rank) return false;
    this.#registers[index] = rank;
    return true;
  }

  merge(other: HyperLogLog): void {
    for (const [index, rank] of other.#registers.entries()) {
      if (rank > (this.#registers[index] as number)) this.#registers[index] = rank;
    }
  }

  count(): number {
    const histogram = Array.from({ length: hashBits + 2 }, () => 0);
    for (const rank of this.#registers) histogram[rank] = (histogram[rank] as number) + 1;
    let sum = registerCount * tau((registerCount - (histogram[hashBits + 1] as number)) / registerCount);
    for (let rank = hashBits; rank >= 1; rank--) sum = (sum + (histogram[rank] as number)) * 0.5;
    sum += registerCount * sigma((histogram[0] as number) / registerCount);
    return Math.round(((0.5 / Math.LN2) * registerCount * registerCount) / sum);
  }
}

function trailingZeros(value: bigint): number {
  let count = 0;
  for (let rest = value; count < hashBits && (rest & 1n) === 0n; rest >>= 1n) count++;
  return count;
}

function sigma(start: number): number {
  if (start === 1) return Infinity;
  let x = start;
  let y = 1;
  let z = x;
  for (;;) {
    x *= x;
    const before = z;
    z += x * y;
    y += y;
    if (before === z) return z;
  }
}

function tau(start: number): number {
  if (start === 0 || start === 1) return 0;
  let x = start;
  let y = 1;
  let z = 1 - x;
  for (;;) {
    x = Math.sqrt(x);
    const before = z;
    y *= 0.5;
    z -= (1 - x) ** 2 * y;
    if (before === z) return z / 3;
  }
}

function murmurHash64(text: string): bigint {
  const multiplier = 0xc6a4a7935bd1e995n;
  const bytes = Buffer.from(text, "latin1");
  const wholeLength = bytes.length - (bytes.length % 8);
  let hash = hashSeed ^ ((BigInt(bytes.length) * multiplier) & mask64);
  for (let at = 0; at < wholeLength; at += 8) {
    let block = (bytes.readBigUInt64LE(at) * multiplier) & mask64;
    block ^= block >> 47n;
    block = (block * multiplier) & mask64;
    hash = ((hash ^ block) * multiplier) & mask64;
  }
  if (wholeLength < bytes.length) {
    for (let at = bytes.length - 1; at >= wholeLength; at--) {
      hash ^= BigInt(bytes[at] as number) << BigInt(8 * (at - wholeLength));
    }
    hash = (hash * multiplier) & mask64;
  }
  hash ^= hash >> 47n;
  hash = (hash * multiplier) & mask64;
  return hash ^ (hash >> 47n);
}
