import { writeFileSync } from "node:fs";
import { printedSchema } from "./schema.ts";

// `npm run schema`: what clients and tests read of the API.
writeFileSync(new URL("schema.graphql", import.meta.url), printedSchema());
