package config

// Credentials are who logs in somewhere, and with what: a password, a token that
// stands in a file, or tokens that a server gives out. What is secret is read
// when it is needed, so that a rotated one needs no reload, and is kept nowhere.
type Credentials struct {
	Username     string     `yaml:"username,omitempty"`
	Password     Secret     `yaml:"password,omitempty"`
	PasswordFile SecretFile `yaml:"password_file,omitempty"`
	TokenFile    SecretFile `yaml:"token_file,omitempty"` // an OAuth 2.0 access token (RFC 6750) that another program renews
	OAuth2       OAuth2     `yaml:"oauth2,omitempty"`
}

// Set says whether there is anybody to log in as.
func (c Credentials) Set() bool { return c.Username != "" }

// HasPassword says whether the login is with a password, which
// [Credentials.ReadPassword] gives.
func (c Credentials) HasPassword() bool { return !c.Password.Empty() || c.PasswordFile != "" }

// HasToken says whether the login is with an access token: from a file, which
// [SecretFile.Read] of TokenFile gives, or as OAuth2 says.
func (c Credentials) HasToken() bool { return c.TokenFile != "" || c.OAuth2.Set() }

// ReadPassword gives the password of the configuration, or what its file holds
// now. The error names the file and never its content.
func (c Credentials) ReadPassword() (Secret, error) {
	if c.PasswordFile != "" {
		return c.PasswordFile.Read()
	}
	return c.Password, nil
}

// OAuth2 is where access tokens come from: with RefreshTokenFile by the refresh
// token in it (RFC 6749 section 6), else by the client's own credentials
// (section 4.4).
type OAuth2 struct {
	TokenURL         string     `yaml:"token_url,omitempty"` // https; http only to this machine
	ClientID         string     `yaml:"client_id,omitempty"`
	ClientSecretFile SecretFile `yaml:"client_secret_file,omitempty"` // empty: a public client, which has none
	RefreshTokenFile SecretFile `yaml:"refresh_token_file,omitempty"`
	Scopes           []string   `yaml:"scopes,omitempty"`
}

// Set says whether tokens are asked for at all.
func (o OAuth2) Set() bool { return o.TokenURL != "" }

// IsZero leaves the section out of YAML where it says nothing.
func (o OAuth2) IsZero() bool {
	return o.TokenURL == "" && o.ClientID == "" && o.ClientSecretFile == "" && o.RefreshTokenFile == "" && len(o.Scopes) == 0
}
