package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"
)

const (
	usage = `Send pictures to a Kafka topic, each file's bytes as one record.

    kafkaClient -tls=true -ca-file=ca.crt -brokers=HOST:PORT[,HOST:PORT] -topic=rhte -file cat.jpg [FILE|FOLDER ...]

For each file one JSON line is printed once the broker has acknowledged it; the last line on stderr says what was
acknowledged in all. Exit code 0: all of it; 1: not all, and a line says why; 2: the command line is wrong.

`
	passwordVariable = "KAFKA_PASSWORD"
)

// usageError is a wrong command line: exit code 2.
type usageError string

func (err usageError) Error() string { return string(err) }

// options are what the command line and the environment say.
type options struct {
	brokers            []string
	topic              string
	files              []string
	tls                bool
	insecureSkipVerify bool
	caFile             string
	certFile, keyFile  string
	user, passwordFile string
	contentType        string
	correlationIDs     []string
	sentBy             string
	timeout            time.Duration
}

// several is a flag that may be given again and again.
type several []string

func (values *several) String() string { return strings.Join(*values, " ") }

func (values *several) Set(value string) error {
	*values = append(*values, value)
	return nil
}

// parseOptions reads a command line. Errors are usageError, or flag.ErrHelp once the help is printed.
func parseOptions(arguments []string, help io.Writer) (*options, error) {
	given := &options{}
	flags := flag.NewFlagSet("kafkaClient", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	var brokers string
	var seconds float64
	flags.StringVar(&brokers, "brokers", "", "`host:port` of one broker or more, with commas between")
	flags.StringVar(&given.topic, "topic", "rhte", "topic to send to")
	flags.Var((*several)(&given.files), "file", "`picture` to send, or folder of pictures; may be given again")
	flags.BoolVar(&given.tls, "tls", false, "talk TLS to the brokers")
	flags.BoolVar(&given.insecureSkipVerify, "insecure-skip-verify", false, "accept any certificate (never outside a lab)")
	flags.StringVar(&given.caFile, "ca-file", "", "certificate of the brokers' CA (PEM `file`; default the system's CAs)")
	flags.StringVar(&given.certFile, "cert-file", "", "your client certificate (PEM `file`), if the brokers want one")
	flags.StringVar(&given.keyFile, "key-file", "", "its key (PEM `file`, without a passphrase)")
	flags.StringVar(&given.user, "user", "", "user for brokers that ask for a password (SCRAM-SHA-512)")
	flags.StringVar(&given.passwordFile, "password-file", "", "`file` of the password (default $"+passwordVariable+")")
	flags.StringVar(&given.contentType, "content-type", "", "header with the media `type` (default by each file's name)")
	flags.Var((*several)(&given.correlationIDs), "correlation-id",
		"header to know a record again by (default a new one each); given again for each file")
	flags.StringVar(&given.sentBy, "sent-by", "", "header that says who sends, for what is not sent by hand")
	flags.Float64Var(&seconds, "timeout", 12, "bound for each step, in `seconds`")
	if err := flags.Parse(arguments); err == flag.ErrHelp {
		fmt.Fprint(help, usage)
		flags.SetOutput(help)
		flags.PrintDefaults()
		return nil, err
	} else if err != nil {
		return nil, usageError(err.Error() + ": kafkaClient -help lists what there is")
	}
	given.files = append(given.files, flags.Args()...)
	given.timeout = time.Duration(seconds * float64(time.Second))
	for broker := range strings.SplitSeq(brokers, ",") {
		if broker = strings.TrimSpace(broker); broker != "" {
			given.brokers = append(given.brokers, broker)
		}
	}
	return given, given.check()
}

// check refuses flags that cannot work, or not together.
func (given *options) check() error {
	if len(given.brokers) == 0 {
		return usageError("-brokers names no broker: give host:port, with commas between several")
	}
	for _, broker := range given.brokers {
		colon := strings.LastIndex(broker, ":")
		port, err := strconv.ParseUint(broker[colon+1:], 10, 16)
		if colon < 1 || err != nil || port == 0 {
			return usageError(fmt.Sprintf("-brokers has '%s': give host:port, with commas between several", broker))
		}
	}
	forTLS := given.insecureSkipVerify || given.caFile != "" || given.certFile != "" || given.keyFile != ""
	switch {
	case len(given.files) == 0:
		return usageError("nothing to send: give -file, or files and folders after the flags")
	case given.timeout <= 0:
		return usageError(fmt.Sprintf("-timeout %g: give more than 0 seconds", given.timeout.Seconds()))
	case forTLS && !given.tls:
		return usageError("-insecure-skip-verify, -ca-file, -cert-file and -key-file are for TLS: add -tls")
	case (given.certFile == "") != (given.keyFile == ""):
		return usageError("-cert-file and -key-file belong together: give both, or none")
	case given.passwordFile != "" && given.user == "":
		return usageError("-password-file is for a user: add -user")
	case given.user != "" && given.passwordFile == "" && os.Getenv(passwordVariable) == "":
		return usageError(fmt.Sprintf("-user %s has no password: give -password-file, or set %s", given.user, passwordVariable))
	}
	return nil
}

// at names the topic and where it is, for messages.
func (given *options) at() string {
	return fmt.Sprintf("topic %s at %s", given.topic, strings.Join(given.brokers, ","))
}

// who says as whom the brokers know this client.
func (given *options) who() string {
	switch {
	case given.user != "":
		return "user " + given.user
	case given.certFile != "":
		return "by the certificate " + given.certFile
	}
	return "without a login"
}
