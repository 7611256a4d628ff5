package web

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func explainPath(text string) string { return "/explain?" + url.Values{"reply": {text}}.Encode() }

// mail is a bounce of the corpus, as a form sends it.
func mail(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "..", "..", "probe", "bounce", "testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(strings.ReplaceAll(string(b), "\r\n", "\n"), "\n", "\r\n")
}

func TestATextIsExplained(t *testing.T) {
	h := newHandler(t, well)
	for name, c := range map[string]struct{ text, want string }{
		"a reply":                         {"550 5.1.1 User unknown", "<title>Refused for good: mailbox not found</title>"},
		"the line of a log":               {"Nov 20 10:00:00 mail postfix/smtp[1]: 4F: to=<u@example.org>, host mx.example.org said: 452 4.2.2 Over quota", "<title>Not now: mailbox full</title>"},
		"a bounce":                        {mail(t, "postfix-delay.eml"), "has not arrived yet and is still being tried"},
		"the prose of a bounce":           {"This is the mail system at host mail.example.net.\n\n<u@example.org>: host mx.example.org said: 550 5.1.1 User unknown", "<title>Refused for good: mailbox not found</title>"},
		"as long as it may be":            {"550 5.1.1 " + strings.Repeat("x", maxReply-10), "mailbox not found"},
		"line ends of a form are no text": {"550-5.1.1 x\r\n" + strings.Repeat("\r\n", maxReply/2) + "550 5.1.1 User unknown", "<title>Refused for good"},
	} {
		t.Run(name, func(t *testing.T) {
			w := ask(h, "GET", explainPath(c.text))
			want(t, w, 200, c.want)
			want(t, w, 200, `href="/style.css?`)
			want(t, w, 200, `href="/#explain"`)
			if got := w.Header().Get("Content-Security-Policy"); got != policy {
				t.Errorf("the policy is %q", got)
			}
		})
	}
}

// post sends a text as the form does.
func post(t *testing.T, h http.Handler, body string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/explain", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestTheFormSendsWhateverItTakes(t *testing.T) {
	h := newHandler(t, well)
	encoded := func(text string) string { return url.Values{"reply": {text}}.Encode() }
	want(t, post(t, h, encoded("550 5.1.1 User unknown")), 200, "mailbox not found")
	want(t, post(t, h, encoded("550 5.1.1 "+strings.Repeat("ä", (maxReply-10)/2))), 200, "mailbox not found")
	want(t, post(t, h, encoded("550 5.1.1 x"+strings.Repeat("\r\n", maxReply-11))), 200, "mailbox not found")
	want(t, post(t, h, encoded("550 5.1.1 "+strings.Repeat("x", maxReply))), 400, "the text has 8202 octets; want at most 8192")
	want(t, post(t, h, encoded(strings.Repeat("ä", maxReply))), 400, "want at most")
	want(t, post(t, h, encoded(strings.Repeat("x", 1<<20))), 400, "the text has more than 8192 octets")
	want(t, post(t, h, "text=1"), 400, "is unknown; known are reply")
	want(t, post(t, h, "{}", "Content-Type", "application/json"), 400, "as a form sends it")
	want(t, post(t, h, encoded("550 no"), "Sec-Fetch-Site", "cross-site"), 403, "another site")
	want(t, ask(h, "GET", "/"), 200, `action="/explain" method="post"`)
}

func TestATextThatIsNotExplainedGetsTheFormAndASentence(t *testing.T) {
	h := newHandler(t, well)
	for name, c := range map[string]struct{ path, want string }{
		"nothing":        {"/explain", "there is nothing to read; want a bounce message"},
		"empty":          {explainPath(""), "there is nothing to read"},
		"space":          {explainPath(" \r\n\t "), "there is nothing to read"},
		"no reply":       {explainPath("hello"), "there is no SMTP reply code in this text"},
		"another mail":   {explainPath("From: a@example.org\r\nTo: b@example.org\r\nSubject: hi\r\n\r\nhello"), "nothing in it says that another mail was not delivered"},
		"too long":       {explainPath("550 5.1.1 " + strings.Repeat("x", maxReply-9)), "the text has 8193 octets; want at most 8192"},
		"twice":          {"/explain?reply=550+a&reply=550+b", "is there 2 times"},
		"another name":   {"/explain?text=550+a", "is unknown; known are reply"},
		"not wellformed": {"/explain?reply=%zz", "not well-formed"},
	} {
		t.Run(name, func(t *testing.T) {
			w := ask(h, "GET", c.path)
			want(t, w, 400, c.want)
			want(t, w, 400, `<p class="problem" role="alert" id="unexplained">`)
			want(t, w, 400, `name="reply"`)
			if body := w.Body.String(); strings.Count(body, `role="alert"`) != 1 || strings.Count(body, " autofocus") != 1 {
				t.Errorf("want one alert and one focus:\n%s", body)
			}
		})
	}
	want(t, ask(h, "GET", explainPath("hello\r\nthere")), 400, "\nhello\nthere</textarea>")
	wantMetric(t, h, `mx_exporter_requests_rejected_total{code="400",reason="parameter"} 10`)
}

// H13, I13
func TestAnExplanationEscapes(t *testing.T) {
	h := newHandler(t, well)
	for name, c := range map[string]struct {
		text string
		code int
	}{
		"explained":   {"550 5.1.1 " + hostile, 200},
		"unexplained": {"</textarea>" + hostile, 400},
		"a bounce":    {"From: MAILER-DAEMON@example.net\nTo: a@example.net\nSubject: Undelivered " + hostile + "\n\n<u@example.org>: 550 5.1.1 " + hostile, 200},
	} {
		t.Run(name, func(t *testing.T) {
			w := ask(h, "GET", explainPath(c.text))
			want(t, w, c.code, "&lt;script&gt;")
			body := w.Body.String()
			for _, raw := range []string{"<script", "\x1b", "\x00", "\u202e", "\xff", "style="} {
				if strings.Contains(body, raw) {
					t.Errorf("%q stands in the page:\n%s", raw, body)
				}
			}
			if strings.Count(body, "</textarea>") > 1 {
				t.Errorf("the text ended its field:\n%s", body)
			}
		})
	}
}

// H14
func TestAPageElsewhereGetsNoExplanation(t *testing.T) {
	want(t, ask(newHandler(t, well), "GET", explainPath("550 no"), "Sec-Fetch-Site", "cross-site"), 403, "a page of another site")
}

// An explanation keeps nothing and asks nobody, so that it is no detail.
func TestTheFirstPageHasAFormForReplies(t *testing.T) {
	for _, disabled := range []bool{false, true} {
		h := newHandler(t, well, func(o *Options) {
			o.DisableDetails, o.ExternalURL = disabled, "https://mail.example.org/mx/"
		})
		w := ask(h, "GET", "/mx/")
		for _, part := range []string{`<form class="ask paste" action="/mx/explain" method="post">`, `<label for="reply">`, `<textarea id="reply" name="reply"`, `maxlength="8192"`, `<button type="submit">Explain</button>`} {
			want(t, w, 200, part)
		}
		want(t, ask(h, "GET", "/mx"+explainPath("550 5.1.1 User unknown")), 200, `href="/mx/#explain"`)
	}
}
