package web

import (
	"sync"
	"time"

	"mx_exporter/probe"
)

// keeper holds the last result of each target and module whose module sets
// reuse, for as long as that says.
type keeper struct {
	mu    sync.Mutex
	byKey map[key]kept
}

type kept struct {
	result *probe.Result
	at     time.Time
	until  time.Time
}

// maxKept bounds the results held for reuse.
const maxKept = 1000

func newKeeper() *keeper { return &keeper{byKey: map[key]kept{}} }

func (k *keeper) find(req *request, now time.Time) (answer, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	e, ok := k.byKey[req.key()]
	if !ok || now.After(e.until) {
		return answer{}, false
	}
	return answer{result: e.result, age: now.Sub(e.at)}, true
}

func (k *keeper) keep(req *request, r *probe.Result, now time.Time) {
	reuse := time.Duration(req.module.Reuse)
	if reuse <= 0 {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.byKey) >= maxKept {
		k.prune(now)
	}
	k.byKey[req.key()] = kept{r, now, now.Add(reuse)}
}

// prune makes room: it drops what is over, or else everything, which costs each
// target one more probe.
func (k *keeper) prune(now time.Time) {
	for key, e := range k.byKey {
		if now.After(e.until) {
			delete(k.byKey, key)
		}
	}
	if len(k.byKey) >= maxKept {
		clear(k.byKey)
	}
}
