#!/bin/bash
# The launcher behind every bin/kafka-*.sh: the name that it was called by chooses Kafka's main class.
# Environment: KAFKA_HEAP_OPTS (heap, default 256 MiB at most), KAFKA_OPTS (more JVM options),
# KAFKA_LOG4J_OPTS (logging configuration, default: warnings to stderr).
set -eu

home="$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd)"
name="$(basename "$0" .sh)"

case "$name" in
  kafka-acls)                main=org.apache.kafka.tools.AclCommand ;;
  kafka-broker-api-versions) main=org.apache.kafka.tools.BrokerApiVersionsCommand ;;
  kafka-cluster)             main=org.apache.kafka.tools.ClusterTool ;;
  kafka-configs)             main=kafka.admin.ConfigCommand ;;
  kafka-console-consumer)    main=org.apache.kafka.tools.consumer.ConsoleConsumer ;;
  kafka-console-producer)    main=org.apache.kafka.tools.ConsoleProducer ;;
  kafka-consumer-groups)     main=org.apache.kafka.tools.consumer.group.ConsumerGroupCommand ;;
  kafka-delete-records)      main=org.apache.kafka.tools.DeleteRecordsCommand ;;
  kafka-dump-log)            main=org.apache.kafka.tools.DumpLogSegments ;;
  kafka-features)            main=org.apache.kafka.tools.FeatureCommand ;;
  kafka-get-offsets)         main=org.apache.kafka.tools.GetOffsetShell ;;
  kafka-leader-election)     main=org.apache.kafka.tools.LeaderElectionCommand ;;
  kafka-log-dirs)            main=org.apache.kafka.tools.LogDirsCommand ;;
  kafka-metadata-quorum)     main=org.apache.kafka.tools.MetadataQuorumCommand ;;
  kafka-producer-perf-test)  main=org.apache.kafka.tools.ProducerPerformance ;;
  kafka-reassign-partitions) main=org.apache.kafka.tools.reassign.ReassignPartitionsCommand ;;
  kafka-server-start)        main=kafka.Kafka ;;
  kafka-storage)             main=kafka.tools.StorageTool ;;
  kafka-topics)              main=org.apache.kafka.tools.TopicCommand ;;
  kafka-run-class)           main="${1:?usage: kafka-run-class.sh CLASS [ARGUMENT …]}"; shift ;;
  *) echo "$name: not one of Kafka's commands in this image: $(cd "$home/bin" && echo kafka-*.sh)" >&2; exit 64 ;;
esac

# A class archive made at image build spares the JVM most of its start; it holds for this class path only.
archive="$home/cds/${KAFKA_CDS:-tools}.jsa"
[ -r "$archive" ] && cds="-Xshare:auto -XX:SharedArchiveFile=$archive" || cds=""

# shellcheck disable=SC2086  # these variables hold several options each
exec java ${KAFKA_HEAP_OPTS:--Xmx256m} ${KAFKA_JVM_OPTS:--XX:+UseSerialGC -XX:TieredStopAtLevel=1} $cds \
  ${KAFKA_LOG4J_OPTS:--Dlog4j2.configurationFile=$home/config/tools-log4j2.properties} \
  -Dkafka.logs.dir="${LOG_DIR:-/tmp}" -Djava.awt.headless=true ${KAFKA_OPTS:-} \
  -cp "$home/libs/*" "$main" "$@"
