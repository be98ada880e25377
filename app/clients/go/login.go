package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/IBM/sarama"
	"github.com/xdg-go/scram"
)

// readPassword takes the password from the file that was named, else from the environment.
func readPassword(options *options) (string, error) {
	if options.passwordFile == "" {
		return os.Getenv(passwordVariable), nil
	}
	content, err := os.ReadFile(options.passwordFile)
	if err != nil {
		return "", unreadable("-password-file "+options.passwordFile, err)
	}
	password := strings.TrimRight(string(content), "\r\n")
	if password == "" {
		return "", fmt.Errorf("-password-file %s is empty: write the password of %s into it", options.passwordFile, options.user)
	}
	return password, nil
}

// logIn has the brokers asked for by user and password.
func logIn(options *options, config *sarama.Config) error {
	if options.user == "" {
		return nil
	}
	password, err := readPassword(options)
	if err != nil {
		return err
	}
	config.Net.SASL.Enable = true
	config.Net.SASL.User, config.Net.SASL.Password = options.user, password
	config.Net.SASL.Mechanism = sarama.SASLTypeSCRAMSHA512
	config.Net.SASL.SCRAMClientGeneratorFunc = func() sarama.SCRAMClient { return &conversation{} }
	return nil
}

// conversation is SCRAM-SHA-512 as sarama asks for it.
type conversation struct{ scram *scram.ClientConversation }

func (talk *conversation) Begin(user, password, authorization string) error {
	client, err := scram.SHA512.NewClient(user, password, authorization)
	if err != nil {
		return err
	}
	talk.scram = client.NewConversation()
	return nil
}

func (talk *conversation) Step(challenge string) (string, error) { return talk.scram.Step(challenge) }
func (talk *conversation) Done() bool                            { return talk.scram.Done() }
