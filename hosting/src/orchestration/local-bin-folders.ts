import { dirname, join } from "node:path";

/** `node_modules/.bin` of a folder and of every folder above it, nearest first, as `npm run` puts them on the PATH. */
export function localBinFolders(directory: string): readonly string[] {
  const folders: string[] = [];
  for (let folder = directory; ; folder = dirname(folder)) {
    folders.push(join(folder, "node_modules", ".bin"));
    if (dirname(folder) === folder) return folders;
  }
}
