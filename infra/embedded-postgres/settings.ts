/** Where clients find the server. A socket's port is only a part of its file name. */
export type Address =
  | { readonly kind: "socket"; readonly folder: string; readonly port: number }
  | { readonly kind: "loopback"; readonly port: number };

/**
 * For read models on a small machine (ADR-0002). A power cut may take the last commits but never tears a page: checkpoints
 * lie in the same transactions as the rows, so what is lost is read from the log again.
 */
const settings: Readonly<Record<string, string>> = {
  fsync: "on",
  full_page_writes: "on",
  synchronous_commit: "off",
  // No replicas: bulk loads into new tables skip the WAL.
  wal_level: "minimal",
  max_wal_senders: "0",
  max_wal_size: "512MB",
  shared_buffers: "128MB",
  max_connections: "50",
  work_mem: "8MB",
  jit: "off",
  // The default keeps three more processes for reads that the system's cache answers.
  io_method: "sync",
  random_page_cost: "1.1",
  // LOG, FATAL and PANIC; failed statements come back to their sender anyway.
  log_min_messages: "log",
  log_checkpoints: "off",
  log_destination: "stderr",
  logging_collector: "off",
  unix_socket_permissions: "0700",
};

/** The whole command line, but for the port: a server that runs with the same one is the server we would start. */
export const serverArguments = (cluster: string, address: Address): readonly string[] => {
  const listen =
    address.kind === "socket"
      ? { unix_socket_directories: quoted(address.folder), listen_addresses: "" }
      : { unix_socket_directories: "", listen_addresses: "127.0.0.1" };
  const options = Object.entries({ ...settings, ...listen }).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  return ["-D", cluster, ...options, "-p", String(address.port)];
};

// The setting is a list: commas and spaces in a folder's name would end an element.
const quoted = (folder: string) => `"${folder.replaceAll('"', '""')}"`;

/** Linux allows 108 bytes with the closing zero, macOS four less; PostgreSQL refuses what does not fit. */
const longestSocket = 103;

export const fitsSocket = (folder: string): boolean => Buffer.byteLength(`${folder}/.s.PGSQL.65535`) <= longestSocket;
