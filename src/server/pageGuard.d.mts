import type { Server } from "node:http";
import type { Listener } from "./ports.ts";

export function createPageGuard(inner: Listener, environment: NodeJS.ProcessEnv): Server;
