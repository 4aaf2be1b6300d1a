import { group } from "#api/cli/group.ts";
import { blastRadius } from "./blast-radius.ts";
import { deploy } from "./deploy.ts";
import { diff } from "./diff.ts";
import { explain } from "./explain.ts";
import { importFiles } from "./import.ts";
import { neighbours } from "./neighbours.ts";
import { node } from "./node.ts";
import { nodes } from "./nodes.ts";
import { path } from "./path.ts";
import { dependencies, dependents } from "./reached.ts";
import { record } from "./record.ts";
import { resolve } from "./resolve.ts";
import { withdraw } from "./withdraw.ts";

export const graph = group(
  {
    name: "graph",
    summary: "what contains, depends on, was built from, runs what: now or then",
    details: ["KEY is a package URL, sha256:<hex>, git+https://…@<commit>, or <kind>/<name>. Exit code 3: there is no such node, no such way."],
  },
  [node, nodes, resolve, neighbours, dependencies, dependents, path, blastRadius, explain, diff, importFiles, record, deploy, withdraw],
);
