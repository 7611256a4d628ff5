// Package oauth gets access tokens for logging in to mail servers (RFC 6749, the
// OAuth 2.0 framework): by the client's own credentials (section 4.4), as
// Microsoft 365 wants it of programs, or by a refresh token that a person once
// consented to (section 6), as Google does.
//
// What it protects is the client's secret, the refresh token and the access
// token. They go to the configured token endpoint and nowhere else: only over
// HTTPS whose certificate verifies (plain HTTP to an address of this machine
// alone, for tests), never to where a redirect points, and never into an error. What
// the endpoint says is read within bounds; its words reach an error only where
// they are of RFC 6749's closed list, or quoted, cut, and free of our secrets.
//
// A [Source] asks for its secrets each time that it asks for a token, so that a
// rotated secret needs no restart, and keeps only what it got: the access token
// until shortly before it ends, and a refresh token that took the place of the
// one it was given.
//
// Left out: consent. A refresh token is obtained by other means, once.
package oauth
