import type { TinkerClient } from "./api.ts";

/** Seconds between heartbeats, as the official client sends them; SkyRL unloads a session's models after 300 s of silence. */
const usualSeconds = 10;

/**
 * Keeps a session alive until `stop` is called. A heartbeat that fails is no reason to stop: the next call to the model says what is
 * wrong. `onFailure` hears each.
 */
export function keepAlive(
  client: Pick<TinkerClient, "heartbeat">,
  sessionId: string,
  { seconds = usualSeconds, onFailure = () => undefined }: HeartbeatOptions = {},
): { stop: () => void } {
  const stopped = new AbortController();
  let running = false;
  const beat = async (): Promise<void> => {
    if (running) return;
    running = true;
    try {
      await client.heartbeat(sessionId, stopped.signal);
    } catch (error) {
      if (!stopped.signal.aborted) onFailure(error);
    } finally {
      running = false;
    }
  };
  const timer = setInterval(() => void beat(), seconds * 1000);
  timer.unref();
  return {
    stop: () => {
      clearInterval(timer);
      stopped.abort();
    },
  };
}

interface HeartbeatOptions {
  readonly seconds?: number;
  readonly onFailure?: (error: unknown) => void;
}
