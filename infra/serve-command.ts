import { command } from "#api/cli/command.ts";
import { environmentWith, roles } from "./config.ts";

/** `waybill serve`. `begins`: from now on signals are the server's. */
export const serveCommand = (begins: () => void) =>
  command(
    {
      name: "serve",
      summary: "run the server: everything in this process, or some roles of many",
      operands: [],
      details: [
        "Without --role it does everything, as npm start does. Several processes on the same log share the work by roles, each as often as you like: `api` answers clients, `projector` fills the read models, `worker` signs and publishes, `deliverer` passes the log on through Redis. They need LOG_ENGINE (not sqlite), DATABASE_URL, and one data folder for all that are api or worker. Every process answers /healthz and /readyz on its port.",
        "SIGTERM or Ctrl-C ends it when the requests under way are answered; a second one ends it at once. Other settings are environment variables: infra/config.ts.",
      ],
      options: {
        role: { kind: "list", value: "ROLE", choices: [...roles, "all"], help: "api, projector, worker, deliverer or all; again, or with commas, for several (WAYBILL_ROLE)" },
        host: { kind: "text", value: "HOST", help: "where to listen (HOST, 127.0.0.1)" },
        port: { kind: "integer", max: 65_535, value: "PORT", help: "where to listen; 0: any free port (PORT, 4000)" },
        data: { kind: "text", value: "FOLDER", help: "folder of keys, uploaded files, token, and what is embedded (WAYBILL_DATA, ./data)" },
      },
      examples: [
        ["serve", "everything in one process"],
        ["serve --role api --port 4001", "one of several processes that answer clients"],
        ["serve --role projector,worker --port 0", "two roles in one process"],
      ],
    },
    async (_session, { values: { role, host, port, data } }) => {
      begins();
      const { serve } = await import("./main.ts");
      return serve(environmentWith({ WAYBILL_ROLE: role?.join(), HOST: host, PORT: port?.toString(), WAYBILL_DATA: data }));
    },
  );
