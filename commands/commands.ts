import type { Refusal } from "#domain/kernel/decider.ts";
import type { Cause } from "#domain/kernel/event.ts";
import type { Deployment } from "#domain/graph/deployments.ts";
import type { LinkClaim, LinkKey, NodeClaim, PackageVersion } from "#domain/graph/events.ts";
import type { DocumentCode } from "#domain/graph/intake/document.ts";
import type { Scope } from "#domain/access/events.ts";
import type { Settings } from "#domain/trust/events.ts";
import type { Target } from "#domain/trust/target.ts";
import type { WebhookCommands } from "./deliveries/commands.ts";
import type { Verdict } from "./graph/verify-envelope.ts";
import type { Receipt } from "./ports/event-log.ts";

/** What a command left behind; `task` is the long work that it asked for, where there is any to do. */
export interface Done {
  readonly receipt: Receipt;
  readonly task: string | null;
}

export type Command<Input, Code extends string, Answer extends Done = Done> = (input: Input, cause: Cause) => Promise<Answer | Refusal<Code>>;

/** What a document brought. */
export interface RecordedDocument {
  /** `sha256:…` of its bytes. */
  readonly key: string;
  /** `CycloneDX 1.6`. */
  readonly format: string;
  /** How many it says something of, by itself or by links that lead from or to them, recorded now or before. */
  readonly nodes: number;
  readonly links: number;
  /** Of these: what was not there already as this source's word. */
  readonly news: { readonly nodes: number; readonly links: number };
  /** Links that an earlier state of the same advisory said. */
  readonly withdrawn: number;
  readonly skipped: readonly string[];
  readonly signatures: readonly { readonly keyid: string | null; readonly verdict: Verdict; readonly key: string | null }[];
}

type TargetsCode = "REPOSITORY_NOT_FOUND" | "DUPLICATE_TARGET" | "TARGET_NOT_FOUND" | "IDEMPOTENCY_KEY_REUSED";

type SourceCode = "KIND_SETTLED" | "IDEMPOTENCY_KEY_REUSED";

/** Every way to change anything. Inputs were validated at the edge; each file of commands/ is named for one of these. */
export interface Commands extends WebhookCommands {
  readonly bootstrapRepository: Command<{ readonly repository: string; readonly settings: Settings }, "REPOSITORY_EXISTS" | "IDEMPOTENCY_KEY_REUSED">;
  readonly addTargets: Command<
    { readonly repository: string; readonly targets: readonly Target[]; readonly publish: boolean },
    TargetsCode
  >;
  readonly removeTargets: Command<
    { readonly repository: string; readonly paths: readonly string[]; readonly publish: boolean },
    TargetsCode
  >;
  /** Makes everything pending visible; no task where nothing is pending and nothing is due. */
  readonly publish: Command<{ readonly repository: string }, "REPOSITORY_NOT_FOUND">;
  readonly recordVersions: Command<
    { readonly ecosystem: string; readonly source: string; readonly versions: readonly PackageVersion[] },
    "IDEMPOTENCY_KEY_REUSED"
  >;
  readonly recordNodes: Command<{ readonly source: string; readonly nodes: readonly NodeClaim[] }, SourceCode>;
  readonly recordLinks: Command<{ readonly source: string; readonly links: readonly LinkClaim[] }, SourceCode>;
  /** What a source said is no longer so; what it never said is passed over. */
  readonly withdraw: Command<{ readonly source: string; readonly keys: readonly string[]; readonly links: readonly LinkKey[] }, SourceCode>;
  /** Reads an SBOM, an attestation, an advisory into what a source says. Its bytes are kept. */
  readonly recordDocument: Command<
    {
      readonly source: string;
      readonly content: { readonly from: "text"; readonly text: string } | { readonly from: "blob"; readonly sha256: string };
      /** Public keys in PEM that signatures are checked with. */
      readonly keys: readonly string[];
    },
    SourceCode | DocumentCode | "KEY_MALFORMED" | "BLOB_NOT_FOUND",
    Done & { readonly document: RecordedDocument }
  >;
  readonly recordDeployment: Command<
    { readonly environment: string; readonly source: string; readonly deployments: readonly Deployment[] },
    "IDEMPOTENCY_KEY_REUSED"
  >;
  readonly issueToken: Command<
    { readonly name: string; readonly scope: Scope; readonly expires: string | null },
    never,
    Done & { readonly token: string; /** Null where the command was carried out before. */ readonly secret: string | null }
  >;
  readonly revokeToken: Command<{ readonly token: string }, "TOKEN_NOT_FOUND" | "IDEMPOTENCY_KEY_REUSED">;
}
