package probe

// Waiting counts the guests of all parties that wait for the floor.
func (e *Env) Waiting() (n int) {
	e.begin()
	e.parties.mu.Lock()
	defer e.parties.mu.Unlock()
	for _, p := range e.parties.open {
		n += len(p.waiting)
	}
	return n
}

// Parties counts the servers that anybody wants to talk to together.
func (e *Env) Parties() int {
	e.begin()
	e.parties.mu.Lock()
	defer e.parties.mu.Unlock()
	return len(e.parties.open)
}
