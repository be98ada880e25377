package main

import (
	"io"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestFindsThePicturesOfAFolderByTheirNames(t *testing.T) {
	folder := write(t, map[string]string{
		"b.png": jpeg, "a/z.jpg": jpeg, "a.txt": "text", ".hidden/c.jpg": jpeg, "a-b/y.jpg": jpeg,
	})
	var said strings.Builder
	found, err := findPictures([]string{folder}, &report{messages: &said})
	if err != nil {
		t.Fatal(err)
	}
	var expected []string
	for _, name := range []string{"a/z.jpg", "a-b/y.jpg", "b.png"} {
		expected = append(expected, filepath.Join(folder, name))
	}
	if !slices.Equal(found, expected) {
		t.Errorf("found %v", found)
	}
	if !strings.Contains(said.String(), "1 of 4 files in "+folder+" are no pictures and left out") {
		t.Errorf("said %s", said.String())
	}
}

func TestRefusesFilesThatAreNotFit(t *testing.T) {
	folder := write(t, map[string]string{"empty": "", "large": strings.Repeat("x", maxPictureBytes+1), "bare/text": "text"})
	for name, reason := range map[string]string{
		"absent": "is no file and no folder", "empty": "is empty", "large": "more than the 10481664", "bare": "holds no picture",
	} {
		path := filepath.Join(folder, name)
		_, err := findPictures([]string{path}, &report{messages: io.Discard})
		if err == nil || !strings.HasPrefix(err.Error(), path) || !strings.Contains(err.Error(), reason) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestKnowsPicturesByTheirFirstBytes(t *testing.T) {
	for _, first := range []string{
		jpeg, "\x89PNG\r\n\x1a\n", "GIF89a", "BM", "RIFF\x01\x02\x03\x04WEBPVP8 ", "II*\x00", "MM\x00*",
		"\x00\x00\x00\x1cftypavif", "\x00\x00\x00\x0cjP  \r\n\x87\n", "P6\n", "\x00\x00\x01\x00",
	} {
		if !looksLikePicture([]byte(first)) {
			t.Errorf("%q is no picture", first)
		}
	}
	for _, first := range []string{"", "P", "P7\n", "P6", "RIFF1234WAVE", "text", "\xff\xd8", "%PDF"} {
		if looksLikePicture([]byte(first)) {
			t.Errorf("%q is a picture", first)
		}
	}
}

func TestNamesContentTypesByFileNames(t *testing.T) {
	for name, kind := range map[string]string{"a/cat.JPG": "image/jpeg", "cat.webp": "image/webp", "cat": unknownType, "cat.txt": unknownType} {
		if found := contentType(name); found != kind {
			t.Errorf("%s: %s", name, found)
		}
	}
}
