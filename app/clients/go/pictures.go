package main

import (
	"bytes"
	"path/filepath"
	"strings"
)

const unknownType = "application/octet-stream"

// contentTypes by the end of a file's name.
var contentTypes = map[string]string{
	".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png", ".gif": "image/gif", ".bmp": "image/bmp",
	".webp": "image/webp", ".tif": "image/tiff", ".tiff": "image/tiff", ".avif": "image/avif", ".jp2": "image/jp2",
	".ppm": "image/x-portable-pixmap", ".ico": "image/vnd.microsoft.icon",
}

// beginnings of pictures: JPEG, PNG, GIF, BMP, WebP, TIFF, AVIF, JPEG 2000 (a file, a bare stream), ICO. A dot is any byte.
var beginnings = []string{
	"\xff\xd8\xff", "\x89PNG\r\n\x1a\n", "GIF87a", "GIF89a", "BM", "RIFF....WEBP",
	"II*\x00", "II+\x00", "MM\x00*", "MM\x00+", "....ftypavif", "....ftypavis",
	"\x00\x00\x00\x0cjP  \r\n\x87\n", "\xff\x4f\xff\x51", "\x00\x00\x01\x00",
}

// looksLikePicture tells by a file's first 16 bytes whether a classifier may read it.
func looksLikePicture(first []byte) bool {
	for _, beginning := range beginnings {
		if begins(first, beginning) {
			return true
		}
	}
	// PPM and its kind: P1 to P6, then white space.
	return len(first) > 2 && first[0] == 'P' && first[1] >= '1' && first[1] <= '6' && bytes.IndexByte([]byte(" \t\n\r\v\f"), first[2]) >= 0
}

func begins(data []byte, pattern string) bool {
	if len(data) < len(pattern) {
		return false
	}
	for index := range len(pattern) {
		if pattern[index] != '.' && pattern[index] != data[index] {
			return false
		}
	}
	return true
}

// contentType is the media type of a file by its name.
func contentType(path string) string {
	if known, ok := contentTypes[strings.ToLower(filepath.Ext(path))]; ok {
		return known
	}
	return unknownType
}
