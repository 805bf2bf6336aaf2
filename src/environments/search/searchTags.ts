import { createTags } from "../../protocol/tags.ts";

/** Name of the tool, and of the environment that offers it. */
export const searchTool = "search";

/** docs/method.md#trajectory-protocol. */
export const searchTags = { call: "search", response: "document" } as const;

/** Tags of responses that may search and nothing else: what the world's base is written in. */
export const searchProtocol = createTags([{ tool: searchTool, ...searchTags }]);
