import { z } from "zod";
import type { ListFormat } from "../listTable.ts";
import { SettingsChange } from "../records.ts";

const SettingsRow = SettingsChange.omit({ rewards: true }).extend({ rewards: z.string().nullable() });

/** Changes of settings in mid-run. */
export const settingsFormat: ListFormat<SettingsChange> = {
  name: "settings",
  columns: { branch: "text", step: "integer", learningRate: "number?", rewards: "json?", name: "text", reason: "text" },
  toRow: (change) => ({ ...change, rewards: change.rewards === null ? null : JSON.stringify(change.rewards) }),
  fromRow: (row) => {
    const { rewards, ...change } = SettingsRow.parse(row);
    return SettingsChange.parse({ ...change, rewards: rewards === null ? null : (JSON.parse(rewards) as unknown) });
  },
};
