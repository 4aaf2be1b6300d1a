import { signingConformance } from "#test/conformance/signer/signing.ts";
import { memorySigner } from "./memory-signer.ts";

signingConformance("the tests' memory", async () => memorySigner());
