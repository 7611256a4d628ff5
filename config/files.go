package config

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"

	promconfig "github.com/prometheus/common/config"
)

// file completes a relative path with the directory of the configuration.
func (k *checker) file(path string) string { return promconfig.JoinDir(k.dir, path) }

// authorities reads a file of certificate authorities, to find its faults now
// and not in the first probe.
func (k *checker) authorities(key, path string) {
	if path == "" {
		return
	}
	b, _, err := readFile(path, MaxPEM)
	switch {
	case err != nil:
		k.fault(k.place(key), err)
	case !x509.NewCertPool().AppendCertsFromPEM(b):
		k.fail(k.place(key), "%s holds no certificate in PEM", quote(path))
	}
}

// fault reports an error that callers may ask for, such as fs.ErrNotExist.
func (k *checker) fault(p place, err error) {
	k.problems = append(k.problems, &Error{Line: p.line, Column: p.column, Path: p.path, Msg: err.Error(), Err: err})
}

func (k *checker) tls(path string, c *promconfig.TLSConfig) {
	c.SetDirectory(k.dir)
	if !k.sound(path) {
		return
	}
	if err := c.Validate(); err != nil {
		k.fail(k.place(path), "%s", err)
		return
	}
	if c.MaxVersion != 0 && c.MaxVersion < c.MinVersion {
		k.fail(k.place(path+".max_version"), "is older than min_version, which is %s", versionName(c.MinVersion))
	}
	k.authorities(path+".ca_file", c.CAFile)
	if c.CA != "" && !x509.NewCertPool().AppendCertsFromPEM([]byte(c.CA)) {
		k.fail(k.place(path+".ca"), "holds no certificate in PEM")
	}
	k.keyPair(path, c)
}

// keyPair checks that the client certificate and its key are there and belong
// together. The errors of crypto/tls hold nothing of either.
func (k *checker) keyPair(path string, c *promconfig.TLSConfig) {
	cert, key := []byte(c.Cert), NewSecret(string(c.Key))
	certAt := k.place(path + ".cert")
	var err error
	if c.CertFile != "" {
		certAt = k.place(path + ".cert_file")
		if cert, _, err = readFile(c.CertFile, MaxPEM); err != nil {
			k.fault(certAt, err)
			return
		}
	}
	if c.KeyFile != "" {
		if key, err = k.secret(k.place(path+".key_file"), SecretFile(c.KeyFile)); err != nil {
			return
		}
	}
	if len(cert) == 0 {
		return
	}
	if _, err := tls.X509KeyPair(cert, []byte(key.Reveal())); err != nil {
		k.fail(certAt, "the certificate and its key cannot be used: %s", err)
	}
}

// secret reads a secret's file, and warns of one that anybody may read.
func (k *checker) secret(p place, f SecretFile) (Secret, error) {
	s, err := f.Read()
	if err != nil {
		k.fault(p, err)
		return s, err
	}
	if err := f.Check(); errors.Is(err, ErrWorldReadable) {
		k.warnings = append(k.warnings, &Error{Line: p.line, Column: p.column, Path: p.path, Msg: err.Error(), Err: err})
	}
	return s, nil
}

func versionName(v promconfig.TLSVersion) string {
	for name, known := range promconfig.TLSVersions {
		if known == v {
			return name
		}
	}
	return fmt.Sprintf("%#x", uint16(v))
}
