// Threads start without the TypeScript loader of their parent (a test runner has none of its own), so they bring it.
import { register } from "tsx/esm/api";

register();
await import(process.argv[2]);
