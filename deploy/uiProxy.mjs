// Shows the UI of the server in the same network namespace (compose.yaml) to its own pages alone.
import { createPageGuard } from "../src/server/pageGuard.mjs";

createPageGuard({ host: "127.0.0.1", port: 8234 }, process.env).listen(8233, "0.0.0.0");
