#!/bin/bash
# Run at image build: links every command's name to the launcher, formats the storage that new nodes copy, and makes class
# archives by running a node and a command once. Without the archives a node needs about three times the CPU time to start.
set -eu

home="$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd)"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cd "$work"

for name in $(sed -n 's/^  \(kafka-[a-z-]*\)) .*/\1/p' "$home/bin/kafka-command.sh"); do
  ln -s kafka-command.sh "$home/bin/$name.sh"
done

# The build may share the machine's network: ports that are unlikely to be taken.
port=$((20000 + RANDOM % 10000))
openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 -subj /CN=localhost \
  -addext subjectAltName=DNS:localhost 2> openssl.log
mkdir certs && cp cert.pem certs/node.crt && cp key.pem certs/node.key

cat > server.properties <<EOF
process.roles=broker,controller
node.id=0
controller.quorum.voters=0@localhost:$port
listeners=CONTROL://localhost:$port,PLAIN://localhost:$((port + 1)),TLS://localhost:$((port + 2))
advertised.listeners=PLAIN://localhost:$((port + 1)),TLS://localhost:$((port + 2))
listener.security.protocol.map=CONTROL:SSL,PLAIN:PLAINTEXT,TLS:SSL
controller.listener.names=CONTROL
inter.broker.listener.name=TLS
config.providers=dir,env
config.providers.dir.class=org.apache.kafka.common.config.provider.DirectoryConfigProvider
config.providers.env.class=org.apache.kafka.common.config.provider.EnvVarConfigProvider
ssl.keystore.type=PEM
ssl.keystore.key=\${dir:$work/certs:node.key}
ssl.keystore.certificate.chain=\${dir:$work/certs:node.crt}
ssl.truststore.type=PEM
ssl.truststore.certificates=\${dir:$work/certs:node.crt}
ssl.client.auth=required
log.dirs=$work/data
offsets.topic.replication.factor=1
EOF

"$home/bin/kafka-storage.sh" format -t AAAAAAAAAAAAAAAAAAAAAA -c server.properties
mkdir "$home/storage" && cp data/bootstrap.checkpoint "$home/storage/"

archived() { # NAME COMMAND [ARGUMENT …]: the classes that this run loads go to the archive NAME.
  local name="$1"; shift
  KAFKA_OPTS="-XX:ArchiveClassesAtExit=$work/$name.jsa -Xlog:cds=off,cds+dynamic=off" exec "$home/bin/$1" "${@:2}"
}

(KAFKA_LOG4J_OPTS="-Dlog4j2.configurationFile=$home/config/server-log4j2.properties" archived server kafka-server-start.sh server.properties) > node.log 2>&1 &
node=$!

wait_for_node() {
  for _ in $(seq 120); do
    if (exec 3<> "/dev/tcp/localhost/$((port + 1))") 2> /dev/null; then return; fi
    kill -0 "$node" 2> /dev/null || break
    sleep 1
  done
  echo "make-image-files.sh: the node did not start; its log:" >&2
  tail -n 40 node.log >&2
  exit 1
}
wait_for_node

"$home/bin/kafka-topics.sh" --bootstrap-server "localhost:$((port + 1))" --create --topic warm-up
echo "one record" | "$home/bin/kafka-console-producer.sh" --bootstrap-server "localhost:$((port + 1))" --topic warm-up
(archived tools kafka-topics.sh --bootstrap-server "localhost:$((port + 1))" --describe --topic warm-up)

kill -TERM "$node"
wait "$node" || [ $? -eq 143 ] # the JVM's status after SIGTERM
mkdir "$home/cds" && cp server.jsa tools.jsa "$home/cds/"
