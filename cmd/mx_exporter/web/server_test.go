package web

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"mx_exporter/config"
	"mx_exporter/probe"
)

// running serves a handler on pipes until stop is called, inside a bubble.
func running(t *testing.T, h *Handler) (p *pipes, stop context.CancelFunc, ended <-chan error) {
	t.Helper()
	p = newPipes()
	ctx, stop := context.WithCancel(t.Context())
	result := make(chan error, 1)
	go func() { result <- h.Serve(ctx, func(s *http.Server) error { return s.Serve(p) }) }()
	return p, stop, result
}

// end stops what running started.
func end(t *testing.T, stop context.CancelFunc, ended <-chan error) {
	t.Helper()
	stop()
	if err := <-ended; err != nil {
		t.Errorf("Serve: %v", err)
	}
}

func send(t *testing.T, p *pipes, request string) net.Conn {
	t.Helper()
	c, err := p.dial()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(c, request); err != nil {
		t.Fatal(err)
	}
	return c
}

const probeRequest = "GET /probe?target=example.org HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"

func answerOf(t *testing.T, c net.Conn) (code int, body string) {
	t.Helper()
	r, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatalf("no answer: %v", err)
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return r.StatusCode, string(b)
}

// H9: ReadTimeout bounds the reading of a request, not the probe after it.
func TestAProbeMayLastLongerThanTheReadTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHandler(t, lasting(25*time.Second))
		p, stop, ended := running(t, h)
		c := send(t, p, probeRequest)
		if code, body := answerOf(t, c); code != 200 || !strings.Contains(body, "probe_success 1") {
			t.Errorf("answered %d %.200q", code, body)
		}
		c.Close()
		end(t, stop, ended)
	})
}

// H9
func TestASlowHeaderEndsTheConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHandler(t, well)
		p, stop, ended := running(t, h)
		began := time.Now()
		c := send(t, p, "GET /probe?target=example.org HTTP/1.1\r\nHost: x\r\n")
		if _, err := io.ReadAll(c); err != nil || time.Since(began) != headerTime {
			t.Errorf("ended after %v with %v, want %v", time.Since(began), err, headerTime)
		}
		c.Close()
		end(t, stop, ended)
	})
}

// H10
func TestASlowReaderHoldsNoSlotAndNotForEver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHandler(t, lasting(time.Second))
		p, stop, ended := running(t, h)
		began := time.Now()
		c := send(t, p, probeRequest) // and never reads
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if h.slots.running() != 0 {
			t.Error("the slot is taken while the answer waits to be read")
		}
		if h.conns.open() != 1 {
			t.Errorf("%d connections open, want 1", h.conns.open())
		}
		time.Sleep(35*time.Second - time.Since(began))
		synctest.Wait()
		if h.conns.open() != 0 {
			t.Error("the connection is open after the probe's timeout and 5 s")
		}
		c.Close()
		end(t, stop, ended)
	})
}

// H6, end to end
func TestAClosedConnectionEndsItsProbe(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		over := make(chan error, 1)
		h := newHandler(t, func(ctx context.Context, target probe.Target, m config.Module) (*probe.Result, error) {
			r, err := lasting(25*time.Second)(ctx, target, m)
			over <- ctx.Err()
			return r, err
		})
		p, stop, ended := running(t, h)
		c := send(t, p, probeRequest)
		time.Sleep(12 * time.Second) // beyond ReadTimeout
		c.Close()
		synctest.Wait()
		select {
		case err := <-over:
			if err == nil {
				t.Error("the probe ended without being told to")
			}
		default:
			t.Error("the probe goes on after its client left")
		}
		end(t, stop, ended)
	})
}

// X4
func TestStoppingLetsProbesSayGoodbye(t *testing.T) {
	for _, c := range []struct {
		name   string
		lasts  time.Duration
		within time.Duration
		code   int
	}{
		{"a short probe ends by itself", 3 * time.Second, 3 * time.Second, 200},
		{"a long probe is told to end", 25 * time.Second, Grace, 503},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHandler(t, lasting(c.lasts))
				p, stop, ended := running(t, h)
				conn := send(t, p, probeRequest)
				synctest.Wait()
				began := time.Now()
				stop()
				synctest.Wait()
				if _, err := p.dial(); err == nil {
					t.Error("a connection is taken after the signal")
				}
				want(t, ask(h, "GET", "/-/ready"), 503, "shutting down")
				want(t, ask(h, "GET", "/-/healthy"), 200, "healthy")
				want(t, ask(h, "GET", "/probe?target=example.net"), 503, "shutting down")
				if code, body := answerOf(t, conn); code != c.code {
					t.Errorf("answered %d %q, want %d", code, body, c.code)
				}
				if err := <-ended; err != nil {
					t.Errorf("Serve: %v", err)
				}
				if d := time.Since(began); d > c.within+time.Second {
					t.Errorf("stopping took %v", d)
				}
				conn.Close()
			})
		})
	}
}

// X4
func TestStoppingEndsEvenWhenAProbeDoesNot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		never := make(chan struct{})
		h := newHandler(t, func(context.Context, probe.Target, config.Module) (*probe.Result, error) {
			<-never
			return nil, nil
		})
		p, stop, ended := running(t, h)
		c := send(t, p, probeRequest)
		synctest.Wait()
		began := time.Now()
		stop()
		if err := <-ended; err != nil || time.Since(began) > Grace {
			t.Errorf("Serve ended after %v with %v", time.Since(began), err)
		}
		close(never)
		c.Close()
	})
}

func TestServeReportsAListenerThatFails(t *testing.T) {
	h := newHandler(t, well)
	err := h.Serve(t.Context(), func(*http.Server) error { return net.ErrClosed })
	if err != net.ErrClosed { //nolint:errorlint // the very error is wanted
		t.Errorf("Serve: %v", err)
	}
}

// X1: those who wait for an answer do not take the descriptors of probes.
func TestConnectionsAreBoundedAndIdleOnesGiveWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHandler(t, well, func(o *Options) { o.Connections = 2 })
		p, stop, ended := running(t, h)
		get := "GET /-/healthy HTTP/1.1\r\nHost: x\r\n\r\n"
		var open []net.Conn
		for range 5 {
			c, err := p.dial()
			if err != nil {
				t.Fatal(err)
			}
			open = append(open, c)
			if _, err := io.WriteString(c, get); err != nil {
				t.Fatal(err)
			}
			if code, _ := answerOf(t, c); code != 200 {
				t.Errorf("answered %d", code)
			}
			synctest.Wait()
			if n := h.conns.open(); n > 2 {
				t.Errorf("%d connections are open, want at most 2", n)
			}
		}
		for _, c := range open {
			c.Close()
		}
		end(t, stop, ended)
	})
}

// X1
func TestAConnectionBeyondTheLimitWaitsForOneToEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHandler(t, lasting(3*time.Second), func(o *Options) { o.Connections = 1 })
		p, stop, ended := running(t, h)
		first, began := send(t, p, probeRequest), time.Now()
		second, err := p.dial()
		if err != nil {
			t.Fatal(err)
		}
		go func() { _, _ = io.WriteString(second, probeRequest) }() // written when it is taken
		if code, _ := answerOf(t, first); code != 200 {
			t.Errorf("the first was answered %d", code)
		}
		first.Close()
		if code, _ := answerOf(t, second); code != 200 || time.Since(began) != 6*time.Second {
			t.Errorf("the second was answered %d after %v, want 200 after 6s", code, time.Since(began))
		}
		second.Close()
		end(t, stop, ended)
	})
}
