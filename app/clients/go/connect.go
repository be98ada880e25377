package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/IBM/sarama"
	"github.com/hashicorp/go-uuid"
)

const retryBackoff = 250 * time.Millisecond

// kafkaConfig says how the brokers are talked to. An error names a file of -ca-file and its like that cannot be used.
func kafkaConfig(options *options) (*sarama.Config, error) {
	config := sarama.NewConfig()
	config.ClientID = "kafkaClient"
	secured, err := tlsConfig(options)
	if err != nil {
		return nil, err
	}
	// A dialer of our own tells a failed handshake from a broker that hangs up.
	config.Net.Proxy.Enable = true
	config.Net.Proxy.Dialer = &dialer{secured, options.timeout}
	// Connecting is bounded as a whole (see connect); these have to last for the largest record on a slow line.
	longest := options.timeout + timeToSend(maxMessageBytes)
	config.Net.DialTimeout, config.Net.ReadTimeout, config.Net.WriteTimeout = options.timeout, longest, longest
	config.Net.MaxOpenRequests = 1 // which idempotence asks for
	config.Metadata.Full = false
	config.Metadata.AllowAutoTopicCreation = false
	config.Metadata.Timeout = options.timeout
	config.Metadata.Retry.Backoff = retryBackoff
	config.Producer.RequiredAcks = sarama.WaitForAll
	config.Producer.Idempotent = true
	config.Producer.MaxMessageBytes = maxMessageBytes
	config.Producer.Timeout = options.timeout
	config.Producer.Return.Successes = true
	config.Producer.Retry.Backoff = retryBackoff
	config.Producer.Retry.Max = max(1, int(options.timeout/retryBackoff))
	return config, logIn(options, config)
}

// connect finds the topic, without having it created, and returns a producer for it. An error says who did not answer.
func connect(ctx context.Context, options *options, config *sarama.Config) (sarama.AsyncProducer, error) {
	type outcome struct {
		producer sarama.AsyncProducer
		err      error
	}
	done := make(chan outcome, 1)
	go func() {
		producer, err := open(options, config)
		done <- outcome{producer, err}
	}()
	select {
	case found := <-done:
		return found.producer, found.err
	case <-ctx.Done():
		return nil, errInterrupted
	case <-time.After(options.timeout):
		return nil, silence(options)
	}
}

// open asks the brokers in turn for the topic, then makes a producer.
func open(options *options, config *sarama.Config) (sarama.AsyncProducer, error) {
	var failed error
	for _, address := range options.brokers {
		var found sarama.KError
		if found, failed = askForTopic(address, options.topic, config); failed != nil {
			continue
		}
		if err := topicFailure(options, found); err != nil {
			return nil, err
		}
		// By the one that answered: asked for the producer's id, sarama gives up at the first broker that is not there.
		producer, err := sarama.NewAsyncProducer([]string{address}, config)
		if err != nil {
			return nil, recordFailure(options, err)
		}
		return producer, nil
	}
	if isTimeout(failed) { // the dialer's bound is as long as connect's, and may be met first
		return nil, silence(options)
	}
	return nil, fmt.Errorf("no broker of %s answers: %s", strings.Join(options.brokers, ","), reason(options, failed))
}

// askForTopic asks one broker what it knows of a topic: Kafka's error code of the topic, or an error of the connection.
func askForTopic(address, topic string, config *sarama.Config) (sarama.KError, error) {
	broker := sarama.NewBroker(address)
	if err := broker.Open(config); err != nil {
		return 0, err
	}
	// It says where the connection was lost, too, and then there is nothing to close.
	defer func() { _ = broker.Close() }()
	if _, err := broker.Connected(); err != nil {
		return 0, err
	}
	request := sarama.NewMetadataRequest(config.Version, []string{topic})
	request.AllowAutoTopicCreation = false
	answer, err := broker.GetMetadata(request)
	if err != nil {
		return 0, err
	}
	for _, about := range answer.Topics {
		if about.Name == topic {
			return about.Err, nil
		}
	}
	return sarama.ErrUnknownTopicOrPartition, nil
}

// newIDs are random UUIDs.
func newIDs(count int) ([]string, error) {
	ids := make([]string, count)
	for index := range ids {
		id, err := uuid.GenerateUUID()
		if err != nil {
			return nil, fmt.Errorf("no random numbers for correlation ids: %w", err)
		}
		ids[index] = id
	}
	return ids, nil
}
