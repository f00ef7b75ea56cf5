import {
  closeSync,
  fchmodSync,
  fsync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  renameSync,
  rmdirSync,
  unlinkSync,
  writeSync,
} from "node:fs";

/**
 * Every way in which a commit changes the disk, one step each: what stands between two of them is what a kill leaves.
 * Tests put themselves in between. Paths are absolute.
 */
export interface CommitFileSystem {
  /** Makes one folder. */
  makeFolder(path: string): void;
  /** Removes one empty folder. */
  removeFolder(path: string): void;
  /** Writes a file that must not exist and brings it to the disk. An `exactMode` is set regardless of the umask. */
  writeNew(path: string, data: Uint8Array, options: { mode: number; exactMode?: boolean }): Promise<void>;
  /** Gives a file a second name. */
  link(from: string, to: string): void;
  /** Renames a file, over another one if there is one. */
  rename(from: string, to: string): void;
  unlink(path: string): void;
  /** Brings the names in a folder to the disk. */
  syncFolder(path: string): void;
}

/** The disk. */
export const diskFileSystem: CommitFileSystem = {
  makeFolder(path) {
    mkdirSync(path);
  },
  removeFolder: (path) => rmdirSync(path),
  async writeNew(path, data, { mode, exactMode = false }) {
    // Nobody but the owner reads a file before it has its own mode.
    const file = openSync(path, "wx", exactMode ? 0o600 : mode);
    try {
      for (let at = 0; at < data.length;) at += writeSync(file, data, at, data.length - at, null);
      if (exactMode) fchmodSync(file, mode);
      // Off the main thread, so that several files reach the disk at a time.
      await new Promise<void>((resolve, reject) => {
        fsync(file, (error) => (error ? reject(error) : resolve()));
      });
    } finally {
      closeSync(file);
    }
  },
  link: linkSync,
  rename: renameSync,
  unlink: unlinkSync,
  syncFolder(path) {
    let folder: number;
    try {
      folder = openSync(path, "r");
    } catch {
      return; // Windows opens no folders.
    }
    try {
      fsyncSync(folder);
    } catch (error) {
      if (!unsyncable.has(String((error as { code?: unknown }).code))) throw error;
    } finally {
      closeSync(folder);
    }
  },
};

/** What file systems say that cannot sync a folder. */
const unsyncable: ReadonlySet<string> = new Set(["EPERM", "EINVAL", "EISDIR", "ENOTSUP", "EBADF", "ENOSYS"]);
