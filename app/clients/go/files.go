package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"
)

const (
	// maxMessageBytes is max.message.bytes of the lab's topic. A record is the picture and a few hundred bytes of headers.
	maxMessageBytes = 10 * 1024 * 1024
	roomForHeaders  = 4096
	maxPictureBytes = maxMessageBytes - roomForHeaders
)

// findPictures lists the files to send: those given, and the pictures in the folders given, in the order of their names.
// An error names the first file that is not fit to be sent.
func findPictures(given []string, report *report) ([]string, error) {
	var found []string
	for _, path := range given {
		about, err := os.Stat(path)
		switch {
		case err == nil && about.IsDir():
			below, err := picturesBelow(path, report)
			if err != nil {
				return nil, err
			}
			found = append(found, below...)
		case err == nil && about.Mode().IsRegular():
			isPicture, err := isPicture(path)
			if err != nil {
				return nil, err
			}
			if !isPicture {
				report.say(fmt.Sprintf("warning: %s is no picture by its first bytes: it is sent, and readers will refuse it", path))
			}
			found = append(found, path)
		case err == nil || errors.Is(err, fs.ErrNotExist):
			return nil, fmt.Errorf("%s is no file and no folder: look at its name", path)
		default:
			return nil, unreadable(path, err)
		}
	}
	for _, path := range found {
		if err := checkSize(path); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// picturesBelow lists the pictures in a folder and below it, hidden ones aside, and says how many files it leaves out.
func picturesBelow(folder string, report *report) ([]string, error) {
	var files, found, leftOut []string
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return unreadable(path, err)
		}
		if path != folder && strings.HasPrefix(entry.Name(), ".") {
			if entry.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if about, err := os.Stat(path); err == nil && about.Mode().IsRegular() {
			files = append(files, path)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	sort.Slice(files, func(one, other int) bool { return parts(files[one]) < parts(files[other]) })
	for _, path := range files {
		isPicture, err := isPicture(path)
		if err != nil {
			return nil, err
		}
		if isPicture {
			found = append(found, path)
		} else {
			leftOut = append(leftOut, path)
		}
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("%s holds no picture: name a folder with pictures in it, or below it", folder)
	}
	if len(leftOut) > 0 {
		report.say(fmt.Sprintf("warning: %d of %d files in %s are no pictures and left out: %s …",
			len(leftOut), len(files), folder, leftOut[0]))
	}
	return found, nil
}

// parts makes paths compare folder by folder, not letter by letter across the separator.
func parts(path string) string {
	return strings.ReplaceAll(path, string(filepath.Separator), "\x00")
}

func checkSize(path string) error {
	about, err := os.Stat(path)
	switch {
	case err != nil:
		return unreadable(path, err)
	case about.Size() == 0:
		return fmt.Errorf("%s is empty: there is nothing to send", path)
	case about.Size() > maxPictureBytes:
		return fmt.Errorf("%s has %d bytes, more than the %d that fit into a record of 10 MiB: make the picture smaller",
			path, about.Size(), maxPictureBytes)
	}
	return nil
}

func isPicture(path string) (bool, error) {
	file, err := os.Open(path)
	if err != nil {
		return false, unreadable(path, err)
	}
	defer file.Close()
	first := make([]byte, 16)
	count, err := io.ReadFull(file, first)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return false, unreadable(path, err)
	}
	return looksLikePicture(first[:count]), nil
}

// unreadable says of a file why it cannot be read, without saying its name twice.
func unreadable(path string, err error) error {
	var about *fs.PathError
	if errors.As(err, &about) {
		err = about.Err
	}
	return fmt.Errorf("%s cannot be read: %w", path, err)
}
