package web

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/go-kit/log/level"
)

// The bounds of an HTTP connection (H9). A probe sets its own write deadline.
const (
	headerTime     = 5 * time.Second
	readTime       = 10 * time.Second
	idleTime       = time.Minute
	maxHeaderBytes = 16 << 10
)

// Grace is how long requests under way have when the exporter stops. Probes are
// told to end before that, so that they have the time to say QUIT and their
// askers an answer.
const (
	Grace    = 10 * time.Second
	farewell = 2 * time.Second
)

// Server is an HTTP server for the handler with every bound set.
func (h *Handler) Server() *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: headerTime,
		ReadTimeout:       readTime,
		IdleTimeout:       idleTime,
		MaxHeaderBytes:    maxHeaderBytes,
		ConnState:         h.conns.track,
	}
}

// Serve gives listen a server to run, until ctx is over or listen fails. When
// ctx is over it stops accepting, lets requests under way end within [Grace],
// and returns nil.
//
// listen is, for example, a call of the exporter-toolkit's web.ListenAndServe,
// or (*http.Server).Serve with a listener.
func (h *Handler) Serve(ctx context.Context, listen func(*http.Server) error) error {
	s := h.Server()
	ended := make(chan error, 1)
	go func() { ended <- listen(s) }()
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	level.Info(h.logger).Log("msg", "stopping", "grace", Grace)
	h.drain(context.WithoutCancel(ctx), s)
	if err := <-ended; !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// drain ends what is under way: at first it waits, then it cancels the probes,
// and at the end it cuts connections.
func (h *Handler) drain(ctx context.Context, s *http.Server) {
	h.stopping.Store(true)
	hurry := time.AfterFunc(Grace-farewell, h.flights.cancelAll)
	defer hurry.Stop()
	ctx, cancel := context.WithTimeout(ctx, Grace)
	defer cancel()
	if err := s.Shutdown(ctx); err != nil {
		level.Warn(h.logger).Log("msg", "requests were cut off at the end", "err", err)
		// The connections are given up either way.
		_ = s.Close()
	}
}
