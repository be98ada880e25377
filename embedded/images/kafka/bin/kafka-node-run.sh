#!/bin/bash
# What a pod of the operator runs: prepare the storage of a new node, then become the node.
# Settings in $KAFKA_NODE_CONFIG: server.config (with log.dirs and node.id), cluster.id, log4j2.properties.
set -eu

home="$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd)"
settings="${KAFKA_NODE_CONFIG:-$home/custom-config}"
cluster_id="$(cat "$settings/cluster.id")"

setting() { sed -n "s/^$1=//p" "$settings/server.config"; }

# `kafka-storage.sh format` writes these two files. Neither depends on more than the two ids, so the second one is made
# at image build: a node then starts one JVM instead of two.
prepare_storage() {
  local folder="$1"
  mkdir -p "$folder"
  if [ ! -e "$folder/meta.properties" ]; then
    if [ "$folder" = "$(setting metadata.log.dir)" ]; then
      cp "$home/storage/bootstrap.checkpoint" "$folder/bootstrap.checkpoint"
    fi
    printf 'version=1\ncluster.id=%s\nnode.id=%s\n' "$cluster_id" "$(setting node.id)" > "$folder/meta.properties"
  elif ! grep -qxF "cluster.id=${cluster_id}" <(tr -d '\\' < "$folder/meta.properties"); then
    echo "kafka-node-run.sh: $folder belongs to another cluster than $cluster_id: $(grep cluster.id "$folder/meta.properties")" >&2
    exit 65
  fi
}

IFS=, read -r -a folders <<< "$(setting log.dirs)"
for folder in "${folders[@]}"; do prepare_storage "$folder"; done

export KAFKA_LOG4J_OPTS="-Dlog4j2.configurationFile=$settings/log4j2.properties" KAFKA_CDS=server
exec "$home/bin/kafka-server-start.sh" "$settings/server.config"
