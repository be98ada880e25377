package main

import (
	"crypto/tls"
	"net"
	"sync/atomic"
	"time"
)

// handshakeError is a TLS handshake that did not come about, which is told apart from a connection lost afterwards.
type handshakeError struct{ cause error }

func (err *handshakeError) Error() string { return "TLS handshake failed: " + err.cause.Error() }
func (err *handshakeError) Unwrap() error { return err.cause }

// dialer connects to brokers, with TLS if it has a configuration, each step within `timeout`.
type dialer struct {
	tls     *tls.Config
	timeout time.Duration
}

func (dialer *dialer) Dial(network, address string) (net.Conn, error) {
	connection, err := net.DialTimeout(network, address, dialer.timeout)
	if err != nil {
		return nil, err
	}
	if dialer.tls == nil {
		return &plainConnection{Conn: connection}, nil
	}
	config := dialer.tls.Clone()
	if config.ServerName, _, err = net.SplitHostPort(address); err != nil {
		return nil, err
	}
	secured := tls.Client(connection, config)
	_ = secured.SetDeadline(time.Now().Add(dialer.timeout))
	if err := secured.Handshake(); err != nil {
		_ = connection.Close()
		return nil, &handshakeError{err}
	}
	return secured, secured.SetDeadline(time.Time{})
}

// plainConnection notices that the other side talks TLS: what comes first is an alert, as no answer of Kafka begins.
// From then on nothing else is heard of it, however often sarama asks.
type plainConnection struct {
	net.Conn
	begun    bool
	talksTLS atomic.Bool
}

func (connection *plainConnection) Read(buffer []byte) (int, error) {
	if connection.talksTLS.Load() {
		return 0, errTalksTLS
	}
	count, err := connection.Conn.Read(buffer)
	if !connection.begun && count > 1 && buffer[0] == 0x15 && buffer[1] == 0x03 {
		connection.talksTLS.Store(true)
		return 0, errTalksTLS
	}
	connection.begun = connection.begun || count > 0
	return count, err
}

func (connection *plainConnection) Write(buffer []byte) (int, error) {
	if connection.talksTLS.Load() {
		return 0, errTalksTLS
	}
	return connection.Conn.Write(buffer)
}
