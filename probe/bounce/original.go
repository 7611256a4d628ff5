package bounce

// originalOf reads the header of the mail that did not arrive.
func originalOf(fs fields) Original {
	o := Original{
		MessageID: clean(fs.first("message-id")),
		Subject:   words(fs.first("subject")),
		From:      mailbox(fs.first("from")),
		To:        words(fs.first("to", "x-original-to")),
		Date:      fs.date("date"),
	}
	for _, f := range fs {
		if f.name == "received" && len(o.received) < maxReceived {
			o.received = append(o.received, clean(f.value))
		}
	}
	return o
}
