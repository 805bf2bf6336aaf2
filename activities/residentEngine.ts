import { engineOf } from "../src/configuration/policy.ts";
import { algorithmOf } from "../src/training/learning.ts";
import { hasReference } from "../src/training/plan.ts";
import { createResidentPolicy, type ResidentPolicy } from "../src/training/resident.ts";
import type { Policy, RunControl, SavedPolicy } from "../src/policy/port.ts";
import { createQueue } from "../src/eventLoop/queue.ts";
import { ServiceError } from "../src/services/serviceList.ts";
import type { PolicyAddress } from "../src/domain/address.ts";
import { needsPerson } from "./failures.ts";
import { baseOf } from "./base.ts";
import { callingWorkflow } from "./claims.ts";
import type { EngineHolder, EngineLease } from "./engineLease.ts";
import type { OpenRun } from "./workspace.ts";
import { messageOf } from "../src/domain/messageOf.ts";

/** A policy in this process and where in its run it stands. */
export interface Resident {
  readonly policy: Policy;
  readonly position: ResidentPolicy;
}

/** The one engine of a gpu process. It does one piece of work after the other. */
export interface ResidentEngine {
  /** Works with the policy of an address: the one that is resident when it fits, else one restored by snapshot and replay. */
  at<T>(
    run: OpenRun,
    address: PolicyAddress,
    control: RunControl,
    work: (resident: Resident) => Promise<T>,
  ): Promise<T>;
  /**
   * As `at`, for a run that does not hold the process, with a policy that another process saved for it; null while
   * another run holds the process. An engine of another fingerprint is handed to `work` unchanged.
   */
  lent<T>(
    run: OpenRun,
    address: PolicyAddress & { readonly saved: SavedPolicy & { readonly fingerprint: string } },
    control: RunControl,
    work: (resident: Resident) => Promise<T>,
  ): Promise<T> | null;
  /** Works, within work of `at` or `lent`, with the policy of another address, which the engine keeps beside the resident one. */
  beside<T>(
    run: OpenRun,
    address: PolicyAddress,
    control: RunControl,
    work: (policy: Policy) => Promise<T>,
  ): Promise<T>;
  /** Works with the base policy of a run, which the log does not know yet. */
  base<T>(run: OpenRun, control: RunControl, work: (resident: Resident) => Promise<T>): Promise<T>;
  /** Frees the engine: a paused run holds none. */
  release(run: string): Promise<void>;
  close(): Promise<void>;
}

interface Opened extends Resident {
  readonly run: OpenRun;
}

/** Whether only a person can help: a server that refuses, or sends a wrong reply, does so again. */
function isForPerson(error: unknown): boolean {
  return (
    error instanceof Error && (error instanceof ServiceError || ("needsPerson" in error && error.needsPerson === true))
  );
}

function holderOf({ name: run }: OpenRun): EngineHolder {
  return { run, workflowId: callingWorkflow()?.workflowId ?? "" };
}

export function createResidentEngine(root: string, lease: EngineLease): ResidentEngine {
  let opened: Opened | null = null;
  let companion: Opened | null = null;
  const exclusively = createQueue();
  const close = async (): Promise<void> => {
    const closing = [opened, companion];
    opened = null;
    companion = null;
    for (const one of closing) await one?.policy.close();
  };
  const openAnew = async (run: OpenRun, control: RunControl): Promise<Opened> => {
    const policy = await engineOf(run.configuration.policy).open({
      from: { base: await baseOf(root, run, control) },
      runFolder: run.log.folder,
      reference: hasReference(algorithmOf(run.configuration).loss),
    });
    return { run, policy, position: createResidentPolicy(policy, run.log) };
  };
  const open = async (run: OpenRun, control: RunControl): Promise<Opened> => {
    // A run opened anew (its folder was replaced) is another run.
    if (opened?.run === run) return opened;
    await close();
    opened = await openAnew(run, control);
    return opened;
  };
  const use = <T>(
    run: OpenRun,
    control: RunControl,
    place: (resident: Resident) => Promise<unknown>,
    work: (resident: Resident) => Promise<T>,
  ): Promise<T> =>
    exclusively(async () => {
      // Work that was cancelled while it waited has changed nothing.
      control.signal?.throwIfAborted();
      try {
        const resident = await open(run, control);
        await place(resident);
        return await work(resident);
      } catch (error) {
        // After any failure the engine's state is unknown: the next piece of work restores it.
        await close();
        throw isForPerson(error) ? needsPerson(messageOf(error)) : error;
      }
    });
  return {
    at: (run, address, control, work) =>
      lease.during(holderOf(run), () => use(run, control, ({ position }) => position.moveTo(address, control), work)),
    lent: (run, { saved, ...address }, control, work) =>
      lease.lend(run.name, () =>
        use(
          run,
          control,
          async ({ policy, position }) =>
            policy.fingerprint === saved.fingerprint && position.moveTo(address, control, saved),
          work,
        ),
      ),
    beside: async (run, address, control, work) => {
      companion ??= await openAnew(run, control);
      await companion.position.moveTo(address, control);
      return work(companion.policy);
    },
    base: (run, control, work) =>
      lease.during(holderOf(run), async () => {
        await exclusively(close);
        return use(run, control, async () => undefined, work);
      }),
    release: async (run) => {
      await exclusively(async () => {
        if (opened?.run.name === run) await close();
      });
      lease.release(run);
    },
    close,
  };
}
