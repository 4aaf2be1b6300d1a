import type { ProjectionView, StatusView, WorkerView } from "#api/application.ts";
import { builder } from "#api/graphql/builder.ts";

const LogStatus = builder.objectRef<StatusView["log"]>("LogStatus").implement({
  fields: (t) => ({
    engine: t.exposeString("engine"),
    head: t.expose("head", { type: "Position", description: "Of the last event." }),
  }),
});

const Rebuilding = builder.objectRef<NonNullable<ProjectionView["rebuilding"]>>("Rebuilding").implement({
  description: "A new generation that is being filled beside the live one.",
  fields: (t) => ({
    generation: t.exposeInt("generation"),
    position: t.expose("position", { type: "Position" }),
    error: t.exposeString("error", { nullable: true, description: "What stopped it, until another rebuild is asked for." }),
  }),
});

const ProjectionStatus = builder.objectRef<ProjectionView>("ProjectionStatus").implement({
  fields: (t) => ({
    name: t.exposeString("name"),
    generation: t.exposeInt("generation"),
    position: t.expose("position", { type: "Position" }),
    lag: t.exposeFloat("lag", { description: "Positions behind the head of the log." }),
    state: t.exposeString("state"),
    error: t.exposeString("error", { nullable: true }),
    failedPosition: t.expose("failedPosition", { type: "Position", nullable: true, description: "Of the event that stopped it." }),
    rebuilding: t.expose("rebuilding", { type: Rebuilding, nullable: true }),
  }),
});

const WorkerStatus = builder.objectRef<WorkerView>("WorkerStatus").implement({
  fields: (t) => ({
    name: t.exposeString("name"),
    kind: t.exposeString("kind"),
    state: t.exposeString("state"),
    lastSeen: t.expose("lastSeen", { type: "DateTime" }),
  }),
});

const Status = builder.objectRef<StatusView>("Status").implement({
  fields: (t) => ({
    version: t.exposeString("version"),
    degraded: t.stringList({
      description: "What the process that answers does without for now, more slowly, and why; none of it makes an answer wrong.",
      resolve: ({ degraded }) => [...degraded],
    }),
    log: t.expose("log", { type: LogStatus }),
    projections: t.field({ type: [ProjectionStatus], resolve: ({ projections }) => [...projections] }),
    workers: t.field({ type: [WorkerStatus], resolve: ({ workers }) => [...workers] }),
  }),
});

builder.queryField("status", (t) =>
  t.field({ type: Status, extensions: { cost: 50 }, resolve: (_root, _args, { application }) => application.status() }),
);
