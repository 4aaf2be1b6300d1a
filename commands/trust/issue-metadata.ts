import type { IssuedFile } from "#domain/trust/events.ts";
import { type Contents, fileBytes, type FileVersion, issuedFile, signedPart } from "#domain/trust/metadata.ts";
import { binsOf, type Plan } from "#domain/trust/publication.ts";
import { type Repository, signerOf } from "#domain/trust/repository.ts";
import type { Signer } from "#commands/ports/signer.ts";

/** How many signatures are under way at once: enough to keep a local vault's threads busy. */
const together = 16;

/**
 * Signs what was planned, in its order: the bins side by side, then each file that names what was signed before it.
 * Nothing is recorded here; the same plan again gives other files only where the key's scheme is random.
 */
export const issueMetadata =
  (signer: Signer) =>
  async (repository: Repository, plan: Plan, targets: Contents["targets"]): Promise<readonly IssuedFile[]> => {
    const contents = { settings: repository.settings, binKey: repository.binKey, targets, versions: versionsAfter(repository, plan) };
    const bins = new Set(binsOf(plan));
    const issued = await inBatches(
      plan.files.filter(({ role }) => bins.has(role)),
      (file) => issue(signer, repository, file, { ...contents, snapshot: null }),
    );
    let { snapshot } = repository;
    for (const file of plan.files.filter(({ role }) => !bins.has(role))) {
      const signed = await issue(signer, repository, file, { ...contents, snapshot });
      if (file.role === "snapshot") snapshot = signed;
      issued.push(signed);
    }
    return issued;
  };

const versionsAfter = (repository: Repository, { files }: Plan): ReadonlyMap<string, number> =>
  new Map([...repository.roles, ...files.map((file) => [file.role, file] as const)].map(([role, { version }]) => [role, version]));

const issue = async (signer: Signer, repository: Repository, file: FileVersion, contents: Contents): Promise<IssuedFile> => {
  const signed = signedPart(file, contents);
  const signatures = await Promise.all(signerOf(repository, file.role).keyids.map((keyid) => signer.sign(keyid, signed)));
  return issuedFile(file, fileBytes(signed, signatures), signatures);
};

const inBatches = async <Item, Answer>(items: readonly Item[], work: (item: Item) => Promise<Answer>): Promise<Answer[]> => {
  const answers: Answer[] = [];
  for (let start = 0; start < items.length; start += together)
    answers.push(...(await Promise.all(items.slice(start, start + together).map(work))));
  return answers;
};
