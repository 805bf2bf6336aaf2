import type { WorkerVersions } from "../trajectories/records.ts";

const separator = " + ";

/** What the workers of a run ran on, value by value: several are joined, null where none was noted. */
export function versionsOf(workers: readonly WorkerVersions[]): {
  readonly [Name in keyof WorkerVersions]: string | null;
} {
  const joined = (name: keyof WorkerVersions): string | null => {
    const values = new Set(workers.map((one) => one[name]));
    if ([...values].every((value) => value === null)) return null;
    return [...values].map((value) => value ?? "not known").join(separator);
  };
  return { package: joined("package"), node: joined("node"), processor: joined("processor"), commit: joined("commit") };
}

/** The values that `versionsOf` joined. */
export function splitVersions(joined: string | null): string[] {
  return (joined ?? "not known").split(separator);
}
