package main

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"

	"github.com/IBM/sarama"
)

var errTalksTLS = errors.New("the broker answers by a TLS alert")

var errInterrupted = errors.New("interrupted: what is under way may be there or not")

// topicFailure says what is wrong with a topic by Kafka's error code of it; nil where it can be sent to, or soon will.
func topicFailure(options *options, code sarama.KError) error {
	meaning := ""
	switch code {
	case sarama.ErrUnknownTopicOrPartition:
		meaning = "does not exist: create it first, or look at its name"
	case sarama.ErrInvalidTopic:
		meaning = "is no name that Kafka allows: use up to 249 of the letters a-z, A-Z, 0-9, ., _ and -"
	case sarama.ErrTopicAuthorizationFailed:
		meaning = fmt.Sprintf("may not be seen by this client (%s): it needs the right to Describe and Write", options.who())
	default:
		return nil
	}
	return fmt.Errorf("%s %s", options.at(), meaning)
}

// silence is that nobody answered in time.
func silence(options *options) error {
	return fmt.Errorf("no broker of %s answers within %g s: something listens there, or packets are dropped on the way",
		strings.Join(options.brokers, ","), options.timeout.Seconds())
}

// recordFailure says what kept a record from its place.
func recordFailure(options *options, err error) error {
	meaning := ""
	switch {
	case errors.Is(err, sarama.ErrTopicAuthorizationFailed), errors.Is(err, sarama.ErrClusterAuthorizationFailed):
		meaning = fmt.Sprintf("may not be written by this client (%s): it needs the right to Write", options.who())
	case errors.Is(err, sarama.ErrUnknownTopicOrPartition):
		meaning = "does not exist any more: create it again"
	case errors.Is(err, sarama.ErrMessageSizeTooLarge):
		meaning = "takes smaller records only: raise its max.message.bytes, or make the picture smaller"
	default:
		return fmt.Errorf("%s: %s", options.at(), reason(options, err))
	}
	return fmt.Errorf("%s %s", options.at(), meaning)
}

// reason is an error of a connection and, where it is known, what to do about it.
func reason(options *options, err error) string {
	said := strings.TrimPrefix(err.Error(), sarama.ErrOutOfBrokers.Error()+": ")
	if hint := hint(options, err); hint != "" {
		return said + "; " + hint
	}
	return said
}

func hint(options *options, err error) string {
	var unknown *net.DNSError
	switch {
	case errors.Is(err, sarama.ErrSASLAuthenticationFailed):
		return fmt.Sprintf("the broker does not know user %s by this password", options.user)
	case errors.Is(err, sarama.ErrIllegalSASLState):
		return "the broker takes no passwords here: leave -user out, or take its listener for passwords"
	case errors.Is(err, sarama.ErrUnsupportedSASLMechanism):
		return "the broker takes no passwords by SCRAM-SHA-512 here: take another of its listeners"
	case errors.Is(err, errTalksTLS):
		return "the broker talks TLS here: add -tls"
	case errors.As(err, &unknown):
		return "the host's name is unknown here"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "nothing listens there"
	}
	return tlsHint(options, err)
}

// tlsHint looks at what went wrong while TLS was agreed upon, or right after it.
func tlsHint(options *options, err error) string {
	const wantsOurs = "the broker wants a client certificate: give -cert-file and -key-file"
	var handshake *handshakeError
	var name x509.HostnameError
	var authority x509.UnknownAuthorityError
	var invalid x509.CertificateInvalidError
	var noTLS tls.RecordHeaderError
	var operation *net.OpError
	switch {
	case errors.As(err, &name):
		return "the broker's certificate does not name this host: give an address that it names"
	case errors.As(err, &authority):
		return "the broker's certificate is not of a CA that is trusted here: give the brokers' CA with -ca-file"
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "the broker's certificate is out of date: ask for a new one"
	case errors.As(err, &noTLS):
		return "the broker talks no TLS here: leave -tls out, or take its TLS listener"
	case errors.As(err, &operation) && operation.Op == "remote error":
		// An alert: the broker's verdict on our certificate.
		if options.certFile == "" {
			return wantsOurs
		}
		return fmt.Sprintf("the broker does not trust the certificate %s: ask for a valid one", options.certFile)
	case !isHangUp(err):
		return ""
	case errors.As(err, &handshake):
		return "the broker talks no TLS here: leave -tls out, or take its TLS listener"
	}
	mayWant := []string{"the broker hangs up: it may still be starting"}
	if options.tls && options.certFile == "" {
		mayWant = append(mayWant, wantsOurs)
	}
	if options.user == "" {
		mayWant = append(mayWant, "it wants a login: give -user")
	}
	return strings.Join(mayWant, ", or ")
}

func isHangUp(err error) bool {
	for _, one := range []error{io.EOF, io.ErrUnexpectedEOF, syscall.ECONNRESET, syscall.EPIPE, sarama.ErrNotConnected} {
		if errors.Is(err, one) {
			return true
		}
	}
	return false
}

func isTimeout(err error) bool {
	var late net.Error
	return errors.As(err, &late) && late.Timeout()
}
