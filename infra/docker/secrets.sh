#!/bin/sh
# Writes .env for docker-compose.yml: random passwords, and which log engine. Keep the file: without the passphrase the
# private keys in the volume `waybill` cannot be read.
set -eu
cd "$(dirname "$0")/../.."
[ ! -e .env ] || { echo ".env is there already" >&2; exit 1; }
secret() { od -An -v -tx1 -N 24 /dev/urandom | tr -d ' \n'; }
umask 077
cat > .env <<END
# postgres, kafka or eventstoredb; a server of that name is started by the profile of that name.
LOG_ENGINE=postgres
COMPOSE_PROFILES=\${LOG_ENGINE}
POSTGRES_PASSWORD=$(secret)
REDIS_PASSWORD=$(secret)
EVENTSTORE_PASSWORD=$(secret)
WAYBILL_VAULT_PASSPHRASE=$(secret)
END
echo "wrote .env"
