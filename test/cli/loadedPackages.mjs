// Loaded before a command (node --import): tells at its end which CommonJS packages it loaded; those with native code all are.
import Module from "node:module";

process.on("exit", () => {
  const packages = new Set(
    Object.keys(Module._cache).flatMap((file) => /node_modules\/((?:@[^/]+\/)?[^/]+)/u.exec(file)?.[1] ?? []),
  );
  process.stderr.write(`loaded: ${[...packages].join(" ")}\n`);
});
