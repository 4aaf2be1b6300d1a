import { command } from "./command.ts";
import { exitCodes, usageError } from "./exit.ts";
import { duration } from "./format.ts";
import { asked, reasonOption } from "./mutation.ts";
import { bootstrapRepository } from "./operations/trust.ts";
import { awaitPublication } from "./publication.ts";

const days = (usual: number, what: string) =>
  ({ kind: "integer", min: 1, max: 36_600, value: "DAYS", help: `life of ${what} (${usual})` }) as const;

export const init = command(
  {
    name: "init",
    summary: "make a new TUF repository: keys, root, first metadata",
    operands: ["NAME"],
    details: [
      "The name is part of URLs: a-z, then a-z 0-9 _ -. The number of bins and their form stay for ever. Succinct bins (TAP 15) are read by python-tuf, go-tuf and tuf-js; explicit ones by python-tuf, tuf-js and tough.",
    ],
    options: {
      bins: { kind: "integer", min: 2, max: 1024, value: "N", help: "hash bins, a power of two (256)" },
      "bin-form": { kind: "text", value: "FORM", choices: ["succinct", "explicit"], help: "succinct or explicit (succinct)" },
      "expires-root": days(365, "root metadata"),
      "expires-targets": days(365, "targets metadata"),
      "expires-snapshot": days(7, "snapshot metadata"),
      "expires-timestamp": days(1, "timestamp metadata"),
      "expires-bins": days(90, "the bins' metadata"),
      reason: reasonOption,
    },
    examples: [
      ["init demo", "256 succinct bins"],
      ["init demo --bins 16 --bin-form explicit", "for tough, which loads every bin"],
    ],
  },
  async (session, { operands: [repository = ""], values }) => {
    const { client, output } = session;
    const { bins, "bin-form": form } = values;
    if (bins !== undefined && (bins & (bins - 1)) !== 0) throw usageError(`--bins must be a power of two, not ${bins}`);
    const expires = {
      root: values["expires-root"],
      targets: values["expires-targets"],
      snapshot: values["expires-snapshot"],
      timestamp: values["expires-timestamp"],
      bins: values["expires-bins"],
    };
    const input = { repository, bins, binForm: form?.toUpperCase(), expires, ...asked(values.reason) };
    const { receipt, task } = (await client.request(bootstrapRepository, { input })).bootstrapRepository;
    if (task) await awaitPublication(session, task.taskId, repository);
    const milliseconds = Math.round(performance.now() - session.started);
    const [metadataUrl, targetsUrl] = ["metadata", "targets"].map((kind) => new URL(`tuf/${repository}/${kind}/`, client.url).href);
    await output.result({ repository, receipt, metadataUrl, targetsUrl, milliseconds }, () => [
      `${output.green("made")} repository ${output.bold(repository)} in ${duration(milliseconds)}`,
      `metadata  ${metadataUrl}`,
      `targets   ${targetsUrl}`,
    ]);
    if (!output.json) output.note(output.dim(`next: ${output.program} add ${repository} FILE --wait`));
    return exitCodes.ok;
  },
);
