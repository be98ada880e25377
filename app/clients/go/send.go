package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"time"

	"github.com/IBM/sarama"
)

const (
	// What is on its way without an acknowledgement, so that a slow line still takes all of it within the time-out.
	maxBytesUnderway = 4 * 1024 * 1024
	// Fewer than sarama's channels hold: neither side ever waits for the other.
	maxRecordsUnderway = 100
)

// timeToSend is what so many bytes may take beyond the time-out, on a slow line: a second for each quarter of a MiB.
func timeToSend(size int) time.Duration {
	return time.Duration(size) * time.Second / (256 * 1024)
}

// record is a file on its way.
type record struct {
	acknowledgement
	handedOver time.Time
	settled    bool
	err        error
}

// sender hands files to the producer and reports each, in their order, once it is acknowledged.
type sender struct {
	options    *options
	producer   sarama.AsyncProducer
	report     *report
	handedOver time.Time

	underway []*record
	bytes    int
	failure  error
}

// send sends files up to the first that gets no place, which is the error then.
func (sender *sender) send(ctx context.Context, files, ids []string) error {
	for index, path := range files {
		value, err := os.ReadFile(path)
		if err != nil {
			sender.fail(unreadable(path, err))
		}
		for !sender.hasRoom(len(value)) {
			sender.settle(ctx)
		}
		if sender.failure != nil {
			break
		}
		sender.handOver(path, ids[index], value)
	}
	for len(sender.underway) > 0 {
		sender.settle(ctx)
	}
	return sender.failure
}

func (sender *sender) hasRoom(size int) bool {
	count := len(sender.underway)
	return count == 0 || (count < maxRecordsUnderway && sender.bytes+size <= maxBytesUnderway)
}

func (sender *sender) handOver(path, id string, value []byte) {
	digest := sha256.Sum256(value)
	sent := &record{handedOver: sender.handedOver}
	sent.acknowledgement = acknowledgement{
		File: path, Topic: sender.options.topic, Bytes: len(value), SHA256: hex.EncodeToString(digest[:]), CorrelationID: id,
	}
	sender.underway = append(sender.underway, sent)
	sender.bytes += len(value)
	sender.producer.Input() <- &sarama.ProducerMessage{
		Topic:    sender.options.topic,
		Value:    sarama.ByteEncoder(value),
		Headers:  sender.headers(sent.acknowledgement),
		Metadata: sent,
	}
	sender.handedOver = time.Now()
}

func (sender *sender) headers(about acknowledgement) []sarama.RecordHeader {
	kind := sender.options.contentType
	if kind == "" {
		kind = contentType(about.File)
	}
	named := [][2]string{
		{"file-name", filepath.Base(about.File)},
		{"content-type", kind},
		{"correlation-id", about.CorrelationID},
		{"sha256", about.SHA256},
	}
	if sender.options.sentBy != "" {
		named = append(named, [2]string{"sent-by", sender.options.sentBy})
	}
	headers := make([]sarama.RecordHeader, len(named))
	for index, header := range named {
		headers[index] = sarama.RecordHeader{Key: []byte(header[0]), Value: []byte(header[1])}
	}
	return headers
}

// settle waits for the outcome of one record and reports those that were waiting for it. Whoever interrupts, or a
// time-out without any outcome, ends the wait for all.
func (sender *sender) settle(ctx context.Context) {
	bound := sender.options.timeout + timeToSend(sender.bytes)
	select {
	case message := <-sender.producer.Successes():
		sent := message.Metadata.(*record)
		sent.Partition, sent.Offset = message.Partition, message.Offset
		sent.settled = true
	case failed := <-sender.producer.Errors():
		sent := failed.Msg.Metadata.(*record)
		sent.settled, sent.err = true, failed.Err
	case <-ctx.Done():
		sender.abandon(errInterrupted)
		return
	case <-time.After(bound):
		sender.abandon(fmt.Errorf("%s: no answer within %g s: is the broker still there?", sender.options.at(), bound.Seconds()))
		return
	}
	for len(sender.underway) > 0 && sender.underway[0].settled {
		sent := sender.underway[0]
		sender.underway = sender.underway[1:]
		sender.bytes -= sent.Bytes
		if sent.err != nil {
			sender.fail(notAcknowledged(sent, recordFailure(sender.options, sent.err)))
			continue
		}
		sent.Seconds = math.Round(time.Since(sent.handedOver).Seconds()*1000) / 1000
		if err := sender.report.add(sent.acknowledgement); err != nil {
			sender.fail(err)
		}
	}
}

// abandon gives up what is under way; what of it is settled already is reported.
func (sender *sender) abandon(err error) {
	if !errors.Is(err, errInterrupted) {
		err = notAcknowledged(sender.underway[0], err)
	}
	sender.fail(err)
	for _, sent := range sender.underway {
		if sent.settled && sent.err == nil {
			sent.Seconds = math.Round(time.Since(sent.handedOver).Seconds()*1000) / 1000
			_ = sender.report.add(sent.acknowledgement)
		}
	}
	sender.underway = nil
}

// notAcknowledged names the file that has no place, and why.
func notAcknowledged(sent *record, why error) error {
	return fmt.Errorf("%s is not acknowledged: %w", sent.File, why)
}

func (sender *sender) fail(err error) {
	if sender.failure == nil {
		sender.failure = err
	}
}
