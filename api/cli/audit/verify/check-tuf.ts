import { hash } from "node:crypto";
import { bytesAt } from "#api/cli/audit/bytes-at.ts";
import { counted } from "#api/cli/format.ts";
import { Progress } from "#api/cli/progress.ts";
import type { Finding } from "./checked.ts";
import type { Check } from "./checks.ts";
import type { PublishedFile } from "./published-files.ts";

const name = "tuf";
const atOnce = 8;
const mostFindings = 100;

/** Every version of every metadata file, as clients get it, against the event that published it. */
export const checkTuf: Check = async ({ session, files: published }) => {
  const files = published.all();
  const findings: Finding[] = published.malformed().map(({ position, id }) => ({ check: name, position, event: id, message: "is no publication that can be read" }));
  using progress = new Progress(session.output, "fetching metadata", files.length);
  const waiting = files.values();
  const fetching = async () => {
    for (const file of waiting) {
      const path = `tuf/${file.repository}/metadata/${file.version}.${encodeURIComponent(file.role)}.json`;
      const wrong = wrongWith(file, await bytesAt(session, path));
      if (wrong !== null) findings.push({ check: name, position: file.position, event: file.event, message: `${path} ${wrong}` });
      progress.advance(1);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, fetching));
  findings.sort((a, b) => (a.position ?? 0) - (b.position ?? 0));
  const repositories = new Set(files.map(({ repository }) => repository)).size;
  return {
    check: name,
    findings: findings.slice(0, mostFindings),
    more: Math.max(0, findings.length - mostFindings),
    summary: `${counted(files.length, "metadata file")} of ${counted(repositories, "repository", "repositories")}, byte for byte what was published`,
    facts: { files: files.length, repositories },
  };
};

const wrongWith = ({ sha256, length }: PublishedFile, bytes: Buffer | null): string | null => {
  if (!bytes) return "is not served any more";
  if (hash("sha256", bytes) === sha256) return null;
  return `is not what was published: ${bytes.length === length ? "other bytes" : `${bytes.length} bytes instead of ${length}`}`;
};
