#!/bin/sh
# Certificates for docker-compose.tls.yml: an authority of your own and one certificate for each server, named as the
# server is called in the compose file. Run it again to renew the certificates; the authority stays.
#   infra/docker/certificates.sh [FOLDER] [DAYS]
# Nobody but you can enter the folder. The servers' keys in it can be read by any user, because each container has a user
# of its own and gets the file as it is; ca.key, which signs, is in no container.
set -eu
folder=${1:-$(dirname "$0")/../../certificates}
days=${2:-397}
mkdir -p "$folder"
chmod 700 "$folder"
cd "$folder"

# RSA: EventStoreDB reads no other.
key() { openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:3072 -out "$1" 2>/dev/null; }

if [ ! -e ca.key ]; then
  (umask 077 && key ca.key)
  openssl req -x509 -new -key ca.key -sha256 -days 3650 -subj "/O=Waybill/CN=Waybill development CA" \
    -addext "basicConstraints=critical,CA:TRUE,pathlen:0" -addext "keyUsage=critical,keyCertSign,cRLSign" -out ca.crt
fi

# certificate NAME COMMON-NAME: NAME.key (PKCS#8), NAME.crt
certificate() {
  key "$1.key"
  chmod 644 "$1.key"
  openssl req -new -key "$1.key" -subj "/O=Waybill/CN=$2" -out "$1.csr"
  cat > "$1.ext" <<END
basicConstraints=critical,CA:FALSE
keyUsage=critical,digitalSignature,keyEncipherment
extendedKeyUsage=serverAuth,clientAuth
subjectAltName=DNS:$1,DNS:localhost,IP:127.0.0.1
END
  openssl x509 -req -in "$1.csr" -CA ca.crt -CAkey ca.key -CAcreateserial -sha256 -days "$days" -extfile "$1.ext" -out "$1.crt" 2>/dev/null
  rm "$1.csr" "$1.ext"
}
certificate postgres postgres
certificate redis redis
certificate kafka kafka
# Kafka wants both in one file.
cat kafka.key kafka.crt > kafka.pem
chmod 644 kafka.pem
# EventStoreDB's nodes know each other by this name.
certificate eventstoredb eventstoredb-node
echo "certificates of $days days in $(pwd)"
