package main

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"
)

const progressEvery = time.Second

// acknowledgement is the JSON line of a record that a broker has acknowledged.
type acknowledgement struct {
	File          string  `json:"file"`
	Topic         string  `json:"topic"`
	Partition     int32   `json:"partition"`
	Offset        int64   `json:"offset"`
	Bytes         int     `json:"bytes"`
	SHA256        string  `json:"sha256"`
	CorrelationID string  `json:"correlation_id"`
	Seconds       float64 `json:"seconds"`
}

// span is where the records of a partition lie.
type span struct {
	records     int
	first, last int64
}

// report writes lines of JSON, and messages for people.
type report struct {
	lines, messages io.Writer

	topic          string
	total          int
	started, shown time.Time
	acknowledged   int
	bytes          int
	spans          map[int32]span
}

func (report *report) say(message string) {
	fmt.Fprintf(report.messages, "kafkaClient: %s\n", strings.ReplaceAll(message, "\n", "; "))
}

// begin notes that from now on there is something to sum up.
func (report *report) begin(topic string, total int, started time.Time) {
	report.topic, report.total, report.started, report.shown = topic, total, started, started
	report.spans = map[int32]span{}
}

// add prints a record's line and now and then how far it is.
func (report *report) add(ack acknowledgement) error {
	encoder := json.NewEncoder(report.lines)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(ack); err != nil {
		return fmt.Errorf("standard output cannot be written: %w", err)
	}
	report.acknowledged++
	report.bytes += ack.Bytes
	place, known := report.spans[ack.Partition]
	if !known {
		place = span{first: ack.Offset, last: ack.Offset}
	}
	place.records++
	place.first, place.last = min(place.first, ack.Offset), max(place.last, ack.Offset)
	report.spans[ack.Partition] = place
	if time.Since(report.shown) >= progressEvery {
		report.shown = time.Now()
		rate := float64(report.acknowledged) / time.Since(report.started).Seconds()
		report.say(fmt.Sprintf("%d of %d acknowledged, %.0f a second", report.acknowledged, report.total, rate))
	}
	return nil
}

// tell says in the last line what was acknowledged in all and where it lies, if sending had begun.
func (report *report) tell() {
	if report.spans == nil {
		return
	}
	var places []string
	for _, partition := range slices.Sorted(maps.Keys(report.spans)) {
		place := report.spans[partition]
		offsets := fmt.Sprintf("offset %d", place.first)
		if place.records > 1 {
			offsets = fmt.Sprintf("offsets %d to %d", place.first, place.last)
		}
		places = append(places, fmt.Sprintf("%d in partition %d at %s", place.records, partition, offsets))
	}
	summed := fmt.Sprintf("acknowledged %d of %d, %d bytes, in topic %s",
		report.acknowledged, report.total, report.bytes, report.topic)
	if len(places) > 0 {
		summed += ": " + strings.Join(places, ", ")
	}
	report.say(summed)
}
