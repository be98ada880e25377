package main

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"
	"strings"
)

// tlsConfig says how TLS is talked; nil without -tls.
func tlsConfig(options *options) (*tls.Config, error) {
	if !options.tls {
		return nil, nil
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12, InsecureSkipVerify: options.insecureSkipVerify}
	if options.caFile != "" {
		certificates, err := os.ReadFile(options.caFile)
		if err != nil {
			return nil, fmt.Errorf("-ca-file %s is no file: save the cluster's ca.crt there", options.caFile)
		}
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(certificates) {
			return nil, fmt.Errorf("-ca-file %s holds no certificate in PEM format", options.caFile)
		}
	}
	if options.certFile != "" {
		certificate, err := clientCertificate(options.certFile, options.keyFile)
		if err != nil {
			return nil, err
		}
		config.Certificates = []tls.Certificate{certificate}
	}
	return config, nil
}

func clientCertificate(certFile, keyFile string) (tls.Certificate, error) {
	for _, given := range []struct{ flag, path string }{{"-cert-file", certFile}, {"-key-file", keyFile}} {
		if about, err := os.Stat(given.path); err != nil || !about.Mode().IsRegular() {
			return tls.Certificate{}, fmt.Errorf("%s %s is no file: save your client certificate and its key, and name them here",
				given.flag, given.path)
		}
	}
	certificate, err := tls.LoadX509KeyPair(certFile, keyFile)
	switch {
	case err == nil:
		return certificate, nil
	case strings.Contains(err.Error(), "does not match"):
		return certificate, fmt.Errorf("-key-file %s is not the key of -cert-file %s: give the two that were made together",
			keyFile, certFile)
	}
	return certificate, fmt.Errorf("-cert-file %s and -key-file %s hold no certificate and key in PEM format "+
		"(the key without a passphrase): %w", certFile, keyFile, err)
}
