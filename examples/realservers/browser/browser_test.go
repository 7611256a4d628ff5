//go:build real

package browser

import (
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"mx_exporter/examples/realservers/server"
)

// startDemo runs the demo as people do and gives its address.
func startDemo(t *testing.T) string {
	t.Helper()
	dir := server.Folder(t, "demo")
	program := filepath.Join(dir, "demo")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", program, "mx_exporter/examples/demo").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	address := server.At("127.0.0.1", server.Port(t))
	server.Start(t, dir, "demo", program, "--listen", address).Listens(t, address)
	return "http://" + address
}

// TestPages shares one window and one demo among all that follows.
func TestPages(t *testing.T) {
	site, b := startDemo(t), Start(t)
	for _, test := range []struct {
		name string
		run  func(*testing.T, *Browser, string)
	}{
		{"the form leads to a report", formLeadsToReport},
		{"what is refused can be mended in the form", refusedInTheForm},
		{"a reply and a bounce are explained", formExplains},
		{"a long probe shows that it is under way", longProbe},
		{"every page fits every screen", everyScreen},
		{"the picture that README.md shows", pictureOfReadme},
		{"the keyboard reaches everything", keyboard},
	} {
		t.Run(test.name, func(t *testing.T) {
			b.Screen(t, 1200, 900, "light")
			test.run(t, b, site)
			quiet(t, b, site)
		})
	}
}

// quiet fails if a page asked anybody but the exporter, or complained.
func quiet(t *testing.T, b *Browser, site string) {
	t.Helper()
	urls := b.Requests(t)
	if !slices.ContainsFunc(urls, func(u string) bool { return strings.Contains(u, "/style.css") }) {
		t.Error("the log of requests lacks the style sheet, so it cannot be trusted")
	}
	for _, u := range urls {
		if !strings.HasPrefix(u, site+"/") && u != "about:blank" {
			t.Errorf("asked for %s", u)
		}
	}
	for _, line := range b.Console(t) {
		if !strings.Contains(line, "400 (Bad Request)") { // a page of ours that says so
			t.Errorf("console: %s", line)
		}
	}
}

func formLeadsToReport(t *testing.T, b *Browser, site string) {
	for domain, want := range map[string]string{
		"good.test":           "Mail gets in",
		"backup-refuses.test": "The backup mx2.backup-refuses.test refuses connections",
		"hostile.test":        "The backup mx2.hostile.test denies access",
		"all-down.test":       "No server takes mail",
	} {
		b.Open(t, site+"/")
		b.Type(t, "#target", domain)
		b.Click(t, "button")
		if why := b.Text(t, ".verdict .why"); !strings.Contains(why, want) {
			t.Errorf("%s: the reason is %q, want %q in it", domain, why, want)
		}
		if title := b.Text(t, "h1"); !strings.Contains(title, domain) {
			t.Errorf("the title is %q, want %s in it", title, domain)
		}
		b.Open(t, site+"/")
		if newest := b.Text(t, ".recent tbody tr"); !strings.HasPrefix(newest, domain) {
			t.Errorf("the newest probe is %q, want %s", newest, domain)
		}
		b.Click(t, ".recent tbody a")
		if why := b.Text(t, ".verdict .why"); !strings.Contains(why, want) {
			t.Errorf("%s from the history: the reason is %q, want %q in it", domain, why, want)
		}
	}
}

func refusedInTheForm(t *testing.T, b *Browser, site string) {
	for typed, want := range map[string]string{
		"http://example.org/": "is a URL",
		"root@good.test":      "recipients.allow",
	} {
		b.Open(t, site+"/")
		b.Type(t, "#target", typed)
		b.Click(t, "button")
		if problem := b.Text(t, "#problem"); !strings.Contains(problem, want) {
			t.Errorf("%s: the page says %q, want %q in it", typed, problem, want)
		}
		var still string
		if b.Ask(t, "document.getElementById('target').value", &still); still != typed {
			t.Errorf("the form says %q, want %q", still, typed)
		}
	}
}

func longProbe(t *testing.T, b *Browser, site string) {
	b.Begin(t, report(site, "backup-hangs.test"))
	body := func() string { return b.Seen(t) }
	server.Eventually(t, 5*time.Second, "the page says that the probe is under way", func() (bool, string) {
		return strings.Contains(body(), "is being asked"), body()
	})
	b.Picture(t, filepath.Join(t.ArtifactDir(), "underway.png"), 0)
	server.Eventually(t, 30*time.Second, "the report follows, and the sentence goes", func() (bool, string) {
		seen := body()
		return strings.Contains(seen, "Mail gets in") && !strings.Contains(seen, "is being asked"), seen
	})
}

func report(site, domain string) string {
	return site + "/report?target=" + url.QueryEscape(domain)
}

func everyScreen(t *testing.T, b *Browser, site string) {
	for name, page := range map[string]string{
		"good": report(site, "good.test"), "impaired": report(site, "backup-refuses.test"), "compromised": report(site, "all-down.test"),
		"unknown": report(site, "blocked.test"), "hostile": report(site, "hostile.test"), "hangs": report(site, "backup-hangs.test"),
		"many": report(site, "twelve.test"), "listed": report(site, "dnsbl-listed.test") + "&module=dnsbl-listed", "landing": site + "/",
		"explained-reply": explained(site, "550 5.1.1 User unknown"), "explained-bounce": explained(site, bounceMail(t)),
		"explained-hostile": explained(site, hostileReply),
	} {
		b.Open(t, page)
		if problem := b.Count(t, ".problem"); problem > 0 {
			t.Errorf("%s: %s", name, b.Text(t, ".problem"))
		}
		for _, screen := range []struct {
			name          string
			width, height int
		}{{"phone", 390, 844}, {"desktop", 1200, 900}} {
			for _, scheme := range []string{"light", "dark"} {
				b.Screen(t, screen.width, screen.height, scheme)
				fits(t, b, name+" on a "+screen.name)
				b.Picture(t, filepath.Join(t.ArtifactDir(), name+"-"+screen.name+"-"+scheme+".png"), 0)
			}
		}
		onPaper(t, b, name)
		b.Ask(t, "document.querySelectorAll('details').forEach(d => d.open = true)", nil)
		harmless(t, b, name)
		b.Screen(t, 390, 844, "light")
		fits(t, b, name+" unfolded on a phone")
		b.Screen(t, 320, 640, "light")
		fits(t, b, name+" unfolded on the narrowest phone")
		b.Screen(t, 390, 844, "light")
		b.Picture(t, filepath.Join(t.ArtifactDir(), name+"-unfolded.png"), 0)
	}
}

// pictureOfReadme takes the picture anew; it is copied to examples/demo by hand.
func pictureOfReadme(t *testing.T, b *Browser, site string) {
	b.Screen(t, 1000, 900, "light")
	b.Open(t, report(site, "backup-refuses.test"))
	file := filepath.Join(t.ArtifactDir(), "report.png")
	b.Picture(t, file, 1080)
	const most = 200 << 10
	if info, err := os.Stat(file); err != nil || info.Size() > most {
		t.Errorf("%v, %d octets, want at most %d", err, info.Size(), most)
	}
}

// fits fails if a page is wider than the screen.
func fits(t *testing.T, b *Browser, name string) {
	t.Helper()
	var wide []string
	b.Ask(t, `Array.from(document.querySelectorAll('body *')).filter(e => !e.closest('.wide, svg, pre, .cards thead') &&
		e.getBoundingClientRect().right > document.documentElement.clientWidth + 1).map(e => e.outerHTML.slice(0, 200))`, &wide)
	var sideways bool
	if b.Ask(t, `document.scrollingElement.scrollWidth > document.documentElement.clientWidth + 1`, &sideways); sideways && len(wide) == 0 {
		t.Errorf("%s: the page scrolls sideways", name)
	}
	if len(wide) > 0 {
		t.Errorf("%s: %d elements stand out of the screen, the first %s", name, len(wide), wide[0])
	}
}

// onPaper fails if a page of A4 would cut something off, or keep it folded.
func onPaper(t *testing.T, b *Browser, name string) {
	t.Helper()
	const a4 = 718 // 190 mm at 96 dots an inch
	b.Screen(t, a4, 1000, "light")
	b.tools(t, "Emulation.setEmulatedMedia", map[string]any{"media": "print"}, nil)
	defer b.tools(t, "Emulation.setEmulatedMedia", map[string]any{"media": ""}, nil)
	var cut, folded []string
	b.Ask(t, `Array.from(document.querySelectorAll('main *')).filter(e => !e.closest('svg') && !e.closest('pre') &&
		e.getBoundingClientRect().right > document.documentElement.clientWidth + 1).map(e => e.outerHTML.slice(0, 200))`, &cut)
	b.Ask(t, `Array.from(document.querySelectorAll('details')).filter(e => e.getBoundingClientRect().height < 1.5 * e.firstElementChild.getBoundingClientRect().height).map(e => e.outerHTML.slice(0, 200))`, &folded)
	if len(cut) > 0 {
		t.Errorf("%s: paper cuts off %d elements, the first %s", name, len(cut), cut[0])
	}
	if len(folded) > 0 {
		t.Errorf("%s: %d parts stay folded on paper, the first %s", name, len(folded), folded[0])
	}
}

// harmless fails if text from outside became anything but text.
func harmless(t *testing.T, b *Browser, name string) {
	t.Helper()
	if found := b.Count(t, "script, iframe, img, object, embed, [style], [onclick], [onerror], [onload]"); found > 0 {
		t.Errorf("%s: %d elements that we never write", name, found)
	}
	var turned bool
	if b.Ask(t, `/[\u202a-\u202e\u2066-\u2069\u200e\u200f\u001b\u0000]/.test(document.documentElement.textContent)`, &turned); turned {
		t.Errorf("%s: a character that turns or commands stands in the page", name)
	}
}

// keyboard goes through a page by the tab key: what can be clicked can be
// reached, and each field has a name.
func keyboard(t *testing.T, b *Browser, site string) {
	for _, page := range []string{site + "/", report(site, "backup-refuses.test"), explained(site, bounceMail(t))} {
		b.Open(t, page)
		var lost []string
		b.Ask(t, `Array.from(document.querySelectorAll('a, button, input, select, textarea, summary')).filter(e => {e.focus(); return document.activeElement !== e}).map(e => e.outerHTML)`, &lost)
		if len(lost) > 0 {
			t.Errorf("%s: cannot be reached: %q", page, lost)
		}
		var nameless []string
		b.Ask(t, `Array.from(document.querySelectorAll('input, select, textarea')).filter(e => e.labels.length == 0).map(e => e.outerHTML)`, &nameless)
		if len(nameless) > 0 {
			t.Errorf("%s: no label: %q", page, nameless)
		}
		var levels []int
		b.Ask(t, `Array.from(document.querySelectorAll('h1, h2, h3')).map(e => +e.tagName[1])`, &levels)
		for i, level := range levels {
			if i == 0 && level != 1 || i > 0 && level > levels[i-1]+1 {
				t.Errorf("%s: the levels of headings are %v", page, levels)
				break
			}
		}
	}
}
