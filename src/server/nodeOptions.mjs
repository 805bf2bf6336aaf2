// Plain JavaScript without dependencies: bootstrap.mjs uses it before the packages are there.

/** A word of NODE_OPTIONS: quotes may stand anywhere in it and keep blanks together. */
const word = /(?:"(?:\\.|[^"\\])*"|[^ "])+/gu;

const inspector = /^--(?:inspect|debug)/u;
const preload = /^(?:-r|--require|--import|--(?:experimental-)?loader)$/u;
/** Options whose value may be the next word. */
const withValue =
  /^(?:-r|--require|--import|--(?:experimental-)?loader|--inspect-port|--debug-port|--inspect-publish-uid)$/u;

/** The environment without a debugger's options in NODE_OPTIONS: only one process can have its port, and --inspect-brk would wait for ever. */
export function withoutInspector(environment) {
  return filtered(environment, (name) => inspector.test(name));
}

/** The same without modules that a person has loaded into their Node programs, either: a path that is right in one folder is none in another. */
export function withoutInspectorAndPreloads(environment) {
  return filtered(environment, (name) => inspector.test(name) || preload.test(name));
}

function filtered(environment, isLeftOut) {
  const { NODE_OPTIONS: given, ...others } = environment;
  if (given === undefined) return others;
  const kept = [];
  const words = given.match(word) ?? [];
  for (let index = 0; index < words.length; index++) {
    const plain = words[index].replaceAll('"', "");
    const name = plain.split("=", 1)[0].replaceAll("_", "-");
    const taken = withValue.test(name) && !plain.includes("=") ? [words[index], words[++index] ?? ""] : [words[index]];
    if (!isLeftOut(name)) kept.push(...taken);
  }
  return kept.length === 0 ? others : { ...others, NODE_OPTIONS: kept.join(" ") };
}
