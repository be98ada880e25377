package main

import (
	"strings"
	"testing"
	"time"
)

func TestTakesTheFlagsOfTheOriginal(t *testing.T) {
	given, err := parseOptions([]string{"-tls=true", "-brokers=b:1, c:2,", "-topic=rhte", "-insecure-skip-verify", "-file", "cat.jpg", "dog.jpg"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if !given.tls || !given.insecureSkipVerify || given.topic != "rhte" || given.timeout != 12*time.Second {
		t.Errorf("%+v", given)
	}
	if strings.Join(given.brokers, " ") != "b:1 c:2" || strings.Join(given.files, " ") != "cat.jpg dog.jpg" {
		t.Errorf("%+v", given)
	}
}

func TestRefusesAWrongCommandLine(t *testing.T) {
	t.Setenv(passwordVariable, "")
	for arguments, reason := range map[string]string{
		"-file f":                               "-brokers names no broker",
		"-brokers b -file f":                    "'b': give host:port",
		"-brokers b:0 -file f":                  "'b:0': give host:port",
		"-brokers b:1":                          "nothing to send",
		"-brokers b:1 -file f -timeout 0":       "give more than 0 seconds",
		"-brokers b:1 -file f -timeout soon":    "-timeout",
		"-brokers b:1 -file f -ca-file c":       "are for TLS: add -tls",
		"-brokers b:1 -file f -tls -key-file k": "belong together",
		"-brokers b:1 -file f -user anna":       "-user anna has no password",
		"-brokers b:1 -file f -password-file p": "is for a user: add -user",
		"-brokers b:1 -file f -password secret": "not defined: -password",
		"-brokers b:1 -file f -correlation-id":  "needs an argument",
	} {
		code, lines, said := call(t, strings.Fields(arguments)...)
		if code != 2 || len(lines) != 0 || strings.Count(said, "\n") != 1 || !strings.Contains(said, reason) {
			t.Errorf("%s: exit code %d: %s", arguments, code, said)
		}
	}
}

func TestShowsItsHelp(t *testing.T) {
	code, lines, said := call(t, "-help")
	if code != 0 || said != "" || !strings.Contains(strings.Join(lines, "\n"), "-insecure-skip-verify") {
		t.Errorf("exit code %d, %v, %s", code, lines, said)
	}
}
