package main

import (
	"bytes"
	"context"
	"encoding/json"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/IBM/sarama"
	"github.com/IBM/sarama/mocks"
)

const jpeg = "\xff\xd8\xffpicture"

// write makes files (path: content) in a folder of the test's own, and returns that.
func write(t *testing.T, files map[string]string) string {
	t.Helper()
	folder := t.TempDir()
	for name, content := range files {
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

// broker answers as a Kafka of one node does that leads partition 0 of topic `rhte`; produced is what it says to a record.
func broker(t *testing.T, topic, produced sarama.KError) *sarama.MockBroker {
	t.Helper()
	mock := sarama.NewMockBroker(t, 1)
	t.Cleanup(mock.Close)
	metadata := sarama.NewMockMetadataResponse(t).SetBroker(mock.Addr(), mock.BrokerID()).SetController(1)
	if topic == sarama.ErrNoError {
		metadata.SetLeader("rhte", 0, mock.BrokerID())
	} else {
		metadata.SetError("rhte", topic)
	}
	// Of each request the newest version that sarama speaks: produce, metadata, what it may speak, the producer's id.
	newest := map[int16]int16{0: 8, 3: 9, 18: 3, 22: 4}
	versions := []sarama.ApiVersionsResponseKey{}
	for request, version := range newest {
		versions = append(versions, sarama.ApiVersionsResponseKey{ApiKey: request, MaxVersion: version})
	}
	mock.SetHandlerByMap(map[string]sarama.MockResponse{
		"ApiVersionsRequest":    sarama.NewMockApiVersionsResponse(t).SetApiKeys(versions),
		"MetadataRequest":       metadata,
		"InitProducerIDRequest": sarama.NewMockInitProducerIDResponse(t),
		"ProduceRequest":        sarama.NewMockProduceResponse(t).SetError("rhte", 0, produced),
	})
	return mock
}

// call runs the client: exit code, lines of standard output, standard error.
func call(t *testing.T, arguments ...string) (int, []string, string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code := run(context.Background(), arguments, &stdout, &stderr)
	return code, strings.FieldsFunc(stdout.String(), func(letter rune) bool { return letter == '\n' }), stderr.String()
}

func TestSendsTheBytesAndTellsWhereTheyAre(t *testing.T) {
	kafka := broker(t, sarama.ErrNoError, sarama.ErrNoError)
	cat := filepath.Join(write(t, map[string]string{"cat.jpg": jpeg}), "cat.jpg")

	code, lines, said := call(t, "-brokers="+kafka.Addr(), "-file", cat, "-correlation-id=mine", "-sent-by=test")

	if code != 0 || len(lines) != 1 {
		t.Fatalf("exit code %d, %d lines: %s", code, len(lines), said)
	}
	var told acknowledgement
	if err := json.Unmarshal([]byte(lines[0]), &told); err != nil {
		t.Fatal(err)
	}
	if told.File != cat || told.Topic != "rhte" || told.Partition != 0 || told.Bytes != len(jpeg) || told.CorrelationID != "mine" {
		t.Errorf("told %+v", told)
	}
	if !strings.Contains(said, "acknowledged 1 of 1, 10 bytes, in topic rhte: 1 in partition 0 at offset") {
		t.Errorf("said %s", said)
	}
	for _, exchange := range kafka.History() {
		if asked, ok := exchange.Request.(*sarama.MetadataRequest); ok && asked.AllowAutoTopicCreation {
			t.Error("a question for the topic lets the broker create it")
		}
	}
}

func TestTellsWhatABrokerRefuses(t *testing.T) {
	for _, one := range []struct {
		topic, produced sarama.KError
		says            string
	}{
		{sarama.ErrUnknownTopicOrPartition, sarama.ErrNoError, "does not exist: create it first"},
		{sarama.ErrTopicAuthorizationFailed, sarama.ErrNoError, "may not be seen by this client (without a login)"},
		{sarama.ErrNoError, sarama.ErrTopicAuthorizationFailed, "may not be written by this client (without a login)"},
		{sarama.ErrNoError, sarama.ErrMessageSizeTooLarge, "takes smaller records only: raise its max.message.bytes"},
	} {
		kafka := broker(t, one.topic, one.produced)
		folder := write(t, map[string]string{"cat.jpg": jpeg})
		code, lines, said := call(t, "-brokers="+kafka.Addr(), folder)
		if code != 1 || len(lines) != 0 || !strings.Contains(said, "topic rhte at "+kafka.Addr()+" "+one.says) {
			t.Errorf("exit code %d, %d lines: %s", code, len(lines), said)
		}
		begun := one.topic == sarama.ErrNoError
		if strings.Contains(said, "cat.jpg is not acknowledged: topic rhte at ") != begun {
			t.Errorf("which file is not told: %s", said)
		}
		if strings.Contains(said, "acknowledged 0 of 1, 0 bytes, in topic rhte\n") != begun {
			t.Errorf("the last line of %s", said)
		}
	}
}

// Of two bounds of one length either may be met first: what is said is the same.
func TestTellsThatABrokerIsSilent(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = silent.Close() }()
	options := &options{brokers: []string{silent.Addr().String()}, topic: "rhte", timeout: 50 * time.Millisecond, tls: true}
	config, err := kafkaConfig(options)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := open(options, config); err == nil || !strings.Contains(err.Error(), " answers within 0.05 s: something listens there") {
		t.Errorf("the dialer's bound is told by: %v", err)
	}
}

func TestEndsWhenInterrupted(t *testing.T) {
	kafka := broker(t, sarama.ErrNoError, sarama.ErrNoError)
	folder := write(t, map[string]string{"cat.jpg": jpeg})
	interrupted, stop := context.WithCancel(context.Background())
	stop()
	var stdout, stderr bytes.Buffer
	code := run(interrupted, []string{"-brokers=" + kafka.Addr(), folder}, &stdout, &stderr)
	if code != 1 || !strings.Contains(stderr.String(), "interrupted: what is under way may be there or not") {
		t.Errorf("exit code %d: %s", code, stderr.String())
	}
}

func TestGivesUpWhatIsUnderWay(t *testing.T) {
	interrupted, stop := context.WithCancel(context.Background())
	stop()
	for _, one := range []struct {
		ctx     context.Context
		timeout time.Duration
		says    string
	}{
		{interrupted, time.Minute, "interrupted"},
		{context.Background(), time.Millisecond, "cat.jpg is not acknowledged: topic rhte at : no answer within 0.001 s"},
	} {
		silent := mocks.NewAsyncProducer(t, nil)
		first := &record{acknowledgement: acknowledgement{File: "cat.jpg"}}
		sender := &sender{options: &options{topic: "rhte", timeout: one.timeout}, producer: silent, underway: []*record{first, {}}}
		sender.settle(one.ctx)
		if len(sender.underway) != 0 || sender.failure == nil || !strings.Contains(sender.failure.Error(), one.says) {
			t.Errorf("%d under way: %v", len(sender.underway), sender.failure)
		}
		_ = silent.Close()
	}
}

func TestKeepsFewBytesUnderWay(t *testing.T) {
	sender := &sender{}
	if !sender.hasRoom(maxPictureBytes) {
		t.Error("the largest picture has no room alone")
	}
	sender.underway, sender.bytes = make([]*record, 1), maxBytesUnderway-10
	if !sender.hasRoom(10) || sender.hasRoom(11) {
		t.Error("the bound of bytes is not kept")
	}
	sender.underway, sender.bytes = make([]*record, maxRecordsUnderway), 0
	if sender.hasRoom(1) {
		t.Error("the bound of records is not kept")
	}
}
