package maillab

import (
	"fmt"
	"strconv"
	"strings"
)

func count(field func(*Behaviour) *int) func(*Behaviour, string) error {
	return func(b *Behaviour, v string) error {
		n, err := strconv.Atoi(v)
		if err != nil || n < 1 {
			return fmt.Errorf("%q is no number above zero", v)
		}
		*field(b) = n
		return nil
	}
}

// setAccount reads "account password".
func setAccount(b *Behaviour, v string) error {
	f := strings.Fields(v)
	if len(f) != 2 {
		return fmt.Errorf("%q: want an account and its password", v)
	}
	if b.Accounts == nil {
		b.Accounts = map[string]string{}
	}
	b.Accounts[f[0]] = f[1]
	return nil
}

func setDelivery(b *Behaviour, v string) error {
	local, d, err := parseDelivery(v)
	if b.Deliver == nil {
		b.Deliver = map[string]Delivery{}
	}
	b.Deliver[local] = d
	return err
}

func addHeader(b *Behaviour, v string) error {
	if name, _, ok := strings.Cut(v, ": "); !ok || strings.ContainsAny(name, " \t") {
		return fmt.Errorf("%q is not of the form Name: value", v)
	}
	b.AddHeaders = append(b.AddHeaders, v)
	return nil
}

// setQuota reads "used limit", in KiB.
func setQuota(b *Behaviour, v string) error {
	var q [2]int64
	if n, err := fmt.Sscanf(v, "%d %d", &q[0], &q[1]); n != 2 || err != nil || q[1] < 1 || q[0] < 0 {
		return fmt.Errorf("%q: want the KiB used and their limit", v)
	}
	b.Quota = &q
	return nil
}
