#!/usr/bin/env node
// Runs on any Node from 12 up, to say which one is needed: no newer syntax in this file.
import module from "module";

var current = process.versions.node.split(".").map(Number);
if (current[0] < 22 || (current[0] === 22 && current[1] < 18)) {
  process.stderr.write(
    "dext: Node 22.18 or newer is needed, current: " +
      process.versions.node +
      " (" +
      process.execPath +
      ")\n",
  );
  process.exit(2);
}
if (module.enableCompileCache) module.enableCompileCache();
// The self-reference runs `src` under the source condition and `dist` otherwise.
void import("dext").then(function (dext) {
  return dext.main(process.argv.slice(2));
});
