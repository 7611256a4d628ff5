package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
)

// The faults of a file that ought to hold a secret.
var (
	ErrWorldReadable = errors.New("anybody on this machine may read it: chmod o-r")
	ErrNotRegular    = errors.New("is not a regular file")
	ErrEmpty         = errors.New("is empty")
	ErrTooLarge      = errors.New("is too large")
)

// SecretFile is the path of a file that holds one secret. It is read each time
// that the secret is needed, so that a rotated secret needs no reload.
type SecretFile string

// Read gives what the file holds now, without one line end at its end. A file
// that is missing, empty, not a regular file (links are followed) or larger
// than [MaxSecret] is an error that names the path and never the content.
func (f SecretFile) Read() (Secret, error) {
	s, _, err := f.read()
	return s, err
}

// Check is for when the configuration is loaded: it reads the file once and
// gives Read's error, or [ErrWorldReadable] wrapped, which is only a warning.
func (f SecretFile) Check() error {
	_, info, err := f.read()
	if err == nil && info.Mode().Perm()&0o004 != 0 {
		err = &fs.PathError{Op: "check", Path: string(f), Err: ErrWorldReadable}
	}
	return err
}

func (f SecretFile) read() (Secret, fs.FileInfo, error) {
	b, info, err := readFile(string(f), MaxSecret)
	if err != nil {
		return Secret{}, nil, err
	}
	s := strings.TrimSuffix(strings.TrimSuffix(string(b), "\n"), "\r")
	if s == "" {
		return Secret{}, nil, &fs.PathError{Op: "read", Path: string(f), Err: ErrEmpty}
	}
	return NewSecret(s), info, nil
}

// readFile reads a regular file of at most limit bytes.
func readFile(path string, limit int64) ([]byte, fs.FileInfo, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, nil, err
	}
	// Asked before opening: to open a pipe would wait for its writer.
	if !info.Mode().IsRegular() {
		return nil, nil, &fs.PathError{Op: "open", Path: path, Err: ErrNotRegular}
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(b)) > limit {
		err = &fs.PathError{Op: "read", Path: path, Err: fmt.Errorf("%w: at most %d bytes", ErrTooLarge, limit)}
	}
	return b, info, err
}
