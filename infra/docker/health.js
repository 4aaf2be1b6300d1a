// Whether the server of this container answers the path with 200: `node infra/docker/health.js /readyz`. JavaScript, so
// that a check that runs every few seconds has nothing to compile.
try {
  const { ok } = await fetch(`http://127.0.0.1:4000${process.argv[2]}`, { signal: AbortSignal.timeout(4000) });
  process.exitCode = ok ? 0 : 1;
} catch {
  process.exitCode = 1;
}
