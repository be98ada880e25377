// kafkaClient sends pictures to a Kafka topic, each file's bytes as one record, and tells what was acknowledged.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	interrupted, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(interrupted, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run does all that a call asks for and returns its exit code: 0 all acknowledged, 1 not all, 2 a wrong command line.
func run(ctx context.Context, arguments []string, stdout, stderr io.Writer) int {
	report := report{lines: stdout, messages: stderr}
	options, err := parseOptions(arguments, stdout)
	if errors.Is(err, flag.ErrHelp) {
		return 0
	}
	if err == nil {
		err = sendAll(ctx, options, &report)
	}
	var misused usageError
	switch {
	case errors.As(err, &misused):
		report.say(err.Error())
		return 2
	case err != nil:
		report.say(err.Error())
		report.tell()
		return 1
	}
	report.tell()
	return 0
}

// sendAll checks everything that can be checked before anything is sent, connects, and sends.
func sendAll(ctx context.Context, options *options, report *report) error {
	files, err := findPictures(options.files, report)
	if err != nil {
		return err
	}
	ids, err := correlationIDs(options.correlationIDs, len(files))
	if err != nil {
		return err
	}
	config, err := kafkaConfig(options)
	if err != nil {
		return err
	}
	started := time.Now()
	producer, err := connect(ctx, options, config)
	if err != nil {
		return err
	}
	report.begin(options.topic, len(files), started)
	sender := &sender{options: options, producer: producer, report: report, handedOver: started}
	err = sender.send(ctx, files, ids)
	if err == nil {
		// Everything is acknowledged; what closing says concerns nothing that was sent.
		_ = producer.Close()
	}
	return err
}

// correlationIDs are those given, one a file, or new ones.
func correlationIDs(given []string, files int) ([]string, error) {
	if len(given) == 0 {
		return newIDs(files)
	}
	if len(given) != files {
		return nil, usageError(fmt.Sprintf("%d correlation ids for %d files: give one a file, or none", len(given), files))
	}
	return given, nil
}
