import express from "express";
import type { Express, RequestHandler, Router } from "express";
import { health } from "./health.ts";
import type { Ready } from "./health.ts";
import { nothingHere, problems } from "./problems.ts";
import type { Failure } from "./problems.ts";
import { tufFiles } from "./tuf-files.ts";
import type { TufFilesNeeds } from "./tuf-files.ts";
import { uploads } from "./uploads.ts";
import type { UploadNeeds } from "./uploads.ts";

export interface HttpNeeds {
  readonly ready: Ready;
  /** Logs it; called once for each answer of 5xx. */
  readonly report: (failure: Failure) => void;
  /** What is served beside health. */
  readonly routers: readonly (Router | RequestHandler)[];
  /** What is said where nothing is. */
  readonly nothing?: string;
}

export interface RestNeeds extends TufFilesNeeds, UploadNeeds {}

/** TUF files and uploads. */
export const restRouters = (needs: RestNeeds): readonly Router[] => [tufFiles(needs), uploads(needs)];

/** Everything that the process answers over HTTP, in the order in which it is asked. */
export const httpApplication = ({ ready, report, routers, nothing }: HttpNeeds): Express => {
  const application = express();
  application.disable("x-powered-by").disable("etag").enable("case sensitive routing").set("query parser", "simple");
  application.use(safeByDefault, health(ready), ...routers);
  application.use(nothingHere(nothing), problems(report));
  return application;
};

const safeByDefault: RequestHandler = (_request, response, next) => {
  response.set({ "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "no-referrer" });
  next();
};
