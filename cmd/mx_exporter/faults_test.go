package main_test

import (
	"fmt"
	"go/ast"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The catalogue of faults has a row for each thing that goes wrong in the field
// and each attack that we know of, with what is expected of us. Here is where
// each row is tested. A row without a test says why.

// rows is how many rows each part of the catalogue has.
var rows = map[string]int{
	"H": 15, // HTTP
	"C": 10, // configuration
	"N": 24, // DNS
	"T": 11, // TCP
	"S": 29, // SMTP
	"L": 10, // TLS
	"B": 14, // block lists
	"I": 14, // mailboxes and round trips
	"W": 8,  // the crawler
	"P": 5,  // PDFs
	"X": 13, // the process
}

// fault is one row, or a part of one.
type fault struct {
	row   string
	dir   string // of the tests, from the top of the module
	tests string // separated by spaces
	why   string // there is no test
}

// Names of tests that read files, one for each case.
const (
	scripts   = "TestScripts"                              // probe/smtp/testdata/ROW_*.txt
	badFiles  = "TestBadFilesAreRefusedWithPlaceAndReason" // config/testdata/row_*.bad.yml
	webDir    = "cmd/mx_exporter/web"
	cmdDir    = "cmd/mx_exporter"
	dialogues = "probe/smtp"
	mailboxes = "probe/mailbox"
	trips     = "probe/roundtrip"
)

var faults = []fault{
	{"H1", webDir, "TestTargetIsThereOnce", ""},
	{"H2", webDir, "TestTargetIsADomain TestQueryIsDecodedOnce", ""},
	{"H2", "probe", "TestParseTargetRefusesWhatIsNoDomain", ""},
	{"H3", webDir, "TestUnknownModuleIsCountedWithoutItsName", ""},
	{"H4", webDir, "TestStrangeTimeoutHeadersAreIgnoredAndCounted TestTheProbeEndsBeforePrometheusStopsWaiting", ""},
	{"H5", webDir, "TestTheProbeEndsBeforePrometheusStopsWaiting", ""},
	{"H6", webDir, "TestAClosedConnectionEndsItsProbe TestAClientThatLeavesEndsItsProbe TestAClientThatLeavesDoesNotEndASharedProbe", ""},
	{"H7", webDir, "TestTwoProbesAtOnceShareOneRun TestAWaiterWithLessTimeLeavesAlone TestAHastyRunDoesNotSpoilAPatientOne", ""},
	{"H7", "examples/demo", "TestAnAddressSeesOneConnectionAtATime", ""},
	{"H8", webDir, "TestTenThousandProbesAtOnce", ""},
	{"H9", webDir, "TestOnlyReadingMethodsAreTaken TestTheServerHasEveryBound TestHugeHeadersAndAddressesAreRefused TestASlowHeaderEndsTheConnection TestAProbeMayLastLongerThanTheReadTimeout", ""},
	{"H10", webDir, "TestASlowReaderHoldsNoSlotAndNotForEver", ""},
	{"H11", "collector", "TestSamplesAreCapped", ""},
	{"H12", webDir, "TestDebugShowsRemoteTextOnlyQuoted TestDetailsCanBeTakenAway", ""},
	{"H13", webDir, "TestEveryAnswerCarriesTheProtectingHeaders TestTheLandingPageEscapes", ""},
	{"H14", webDir, "TestAnotherSitesPageCannotStartAProbe TestReloadIsOffUnlessAskedForAndNeverByGET", ""},
	{"H15", webDir, "TestAPanicIsAnAnswerACountAndOneStackAMinute TestAPanicInAPageIsContained", ""},
	{"H15", "probe", "TestPanicCostsOneAddress", ""},

	{"C1", "config", badFiles + " TestByteOrderMarkAndCarriageReturnsAreTaken TestFilesMadeToCostMuchAreRefused TestLargeFileIsRefused", ""},
	{"C2", "config", badFiles + " TestSecretFile TestSecretFileIsReadAtEachUse TestFilesOfTLSAreTakenFromTheDirectory TestFaultsOfKeyFiles", ""},
	{"C3", "config", badFiles + " TestSecretsArePrintedByNothing TestInlineKeyIsTakenAndNotShown", ""},
	{"C3", webDir, "TestSecretsStandNowhere", ""},
	{"C4", "config", badFiles, ""},
	{"C4", "probe", "TestLoginGoesNowhereElse", ""},
	{"C4", cmdDir, "TestAPasswordIsFoundNowhere", ""},
	{"C4", webDir, "TestAModuleBoundToAServerTakesNoOtherTarget", ""},
	{"C5", "config", badFiles, ""},
	{"C5", dialogues, "TestCommandLine", ""},
	{"C5", "probe/selfcheck", "TestAnnouncedNamesAreLookedUp", ""},
	{"C6", "config", badFiles, ""},
	{"C6", dialogues, "TestCommandLine", ""},
	{"C7", "config", badFiles + " TestPatternOfManyStarsEnds", ""},
	{"C8", "config", badFiles, ""},
	{"C9", "config", "TestReloadsWhileAThousandProbesRead TestReloadsThatComeTogetherAreOneLoad", ""},
	{"C9", webDir, "TestReloadsUnderRunningProbes TestAReloadStartsANewRun", ""},
	{"C9", cmdDir, "TestAThousandReloadsUnderRunningProbes", ""},
	{"C10", "config", "TestReloadKeepsTheOldConfigurationUntilAGoodOneComes", ""},
	{"C10", webDir, "TestABadFileKeepsTheOldConfiguration", ""},
	{"C10", cmdDir, "TestHangupReloads", ""},

	{"N1", "probe/dnsq", "TestLookupTellsOutcomesApart", ""},
	{"N1", "probe/mx", "TestLookupFails", ""},
	{"N1", "probe", "TestVerdictOfTheDomainItself TestAnHonestDenialStands", ""},
	{"N2", "probe/dnsq", "TestLookupTellsOutcomesApart TestNextResolverIsAskedWhereOneFails TestServfailOfAllIsServfail TestSilenceCostsTheTimeoutAfterTheLastTry TestAliveIsNotAnsweredFromMemory", ""},
	{"N2", "probe/selfcheck", "TestAResolverIsSeenAsItIs TestASilentResolverIsDownAndNothingElse", ""},
	{"N2", "probe", "TestDeadResolverIsUnknown TestVerdictOfTheDomainItself", ""},
	{"N2", cmdDir, "TestSelfChecksAreMetrics", ""},
	{"N3", "probe/mx", "TestLookup TestLookupFails", ""},
	{"N4", "probe/mx", "TestNullMX", ""},
	{"N4", "probe", "TestVerdictOfTheDomainItself", ""},
	{"N5", "probe/mx", "TestNullMX", ""},
	{"N6", "probe/mx", "TestLookup", ""},
	{"N7", "probe/dnsq", "TestLookupTellsOutcomesApart TestChainIsFollowedTenStepsAndNoFurther", ""},
	{"N7", "probe/mx", "TestLookup", ""},
	{"N8", "probe/dnsq", "TestBombOfRecordsIsCutByPreference", ""},
	{"N8", "probe/mx", "TestBombOfRecordsIsCutByPreference", ""},
	{"N9", "probe", "TestSharedAddressIsDialledOnce", ""},
	{"N10", "probe/dnsq", "TestCutAnswerComesOverTCP TestCutAnswerWithoutTCPIsTruncated TestCutAnswerWithSilentTCPIsTruncated", ""},
	{"N11", "probe/dnsq", "TestForgedAndBrokenMessagesAreDropped TestRecordsOfOtherNamesAreNoAnswer TestOnlyTheAnswerToTheQuestionCounts", ""},
	{"N12", "probe/dnsq", "TestAnswerThatCannotBeParsedIsMalformed TestHalfAMessageEndsTheConnection TestPartOfAnAnswerIsNoAnswer FuzzAnswer", ""},
	{"N13", "probe/mx", "TestLookup", ""},
	{"N13", "collector", "TestLabelValuesAreBoundedAndPlain", ""},
	{"N14", "probe/dial", "TestMissingRouteIsOurs", ""},
	{"N14", "probe", "TestVerdict TestMissingRouteOfOneFamilyChangesNoVerdict", ""},
	{"N15", "probe/dial", "TestClassifyJudgesWhatPacketsWouldReach", ""},
	{"N16", "probe/dial", "TestClassifyJudgesWhatPacketsWouldReach", ""},
	{"N16", "collector", "TestAbsentIsNotZero", ""},
	{"N17", "probe/dial", "TestControlJudgesTheSocketsAddress", ""},
	{"N18", "probe/dnsq", "TestAnswersLiveAsLongAsTheySay", ""},
	{"N19", "probe/dnsq", "TestNamesAreAbsoluteAndValid TestResolvConfIsReadForItsNameserversOnly", ""},
	{"N20", "probe/selfcheck", "TestAResolverIsSeenAsItIs TestCanariesAreNewEachTime", ""},
	{"N20", "probe", "TestNothingRestsOnTheWordOfALiar", ""},
	{"N20", cmdDir, "TestSelfChecksAreMetrics TestCheckHeedsALyingResolver", ""},
	{"N21", "probe/dnsq", "TestBombOfRecordsIsCutByPreference TestCacheIsBounded", ""},
	{"N21", "probe/txt", "TestRecordsOfOneProtocolAreBounded", ""},
	{"N22", "probe/dane", "TestRecordsAreBounded TestUnusableRecordsAreToldByTheirFault", ""},
	{"N23", "probe/dnsq", "TestVerdictOfDNSSECCountsOnlyFromAResolverOnLoopback TestErrorSaysWhatTheResolverSaid", ""},
	{"N24", "probe/dnsq", "TestEndOfTheContextIsNoticedAtOnce", ""},

	{"T1", "probe/dial", "TestReasonOf", ""},
	{"T1", "collector", "TestAbsentIsNotZero", ""},
	{"T2", dialogues, scripts, ""},
	{"T3", dialogues, scripts, ""},
	{"T4", dialogues, scripts, ""},
	{"T5", dialogues, scripts, ""},
	{"T6", "probe/dial", "TestReasonOf", ""},
	{"T6", "probe", "TestLocalLackIsNeverTheServersFault", ""},
	{"T6", webDir, "TestWhatRanOutHereIsNotTheTargetsFault", ""},
	{"T7", "probe", "TestEgressIsSuspectWhenEveryoneIsSilent", ""},
	{"T8", dialogues, scripts, ""},
	{"T9", "probe", "TestAMissingSourceAddressIsOurs", ""},
	{"T10", "probe", "TestEachAddressIsDialledByItself", ""},
	{"T11", "probe", "TestOneConversationAtATime", ""},

	{"S1", "probe/reply", "TestBrokenRuleEndsTheReading", ""},
	{"S1", dialogues, scripts + " TestEndlessBannerCostsLittleMemory", ""},
	{"S2", "probe/reply", "TestBrokenRuleEndsTheReading", ""},
	{"S2", dialogues, scripts + " TestEndlessBannerCostsLittleMemory", ""},
	{"S3", "probe/reply", "TestTarpitCostsTheDeadlineAndNoMore", ""},
	{"S3", dialogues, scripts, ""},
	{"S4", dialogues, scripts, ""},
	{"S5", dialogues, scripts, ""},
	{"S6", dialogues, scripts, ""},
	{"S7", "probe/reply", "TestWhatIsNoReplyIsRefusedByItsFirstOctets", ""},
	{"S7", dialogues, "TestBannerThatIsNoSMTP", ""},
	{"S8", "probe/reply", "TestWhatServersSendIsReadAsOneReply", ""},
	{"S8", dialogues, scripts, ""},
	{"S9", "probe/reply", "TestWhatServersSendIsReadAsOneReply", ""},
	{"S9", dialogues, scripts, ""},
	{"S10", "probe/reply", "TestBrokenRuleEndsTheReading", ""},
	{"S10", dialogues, scripts, ""},
	{"S11", dialogues, "TestTextNeverChangesTheOutcome", ""},
	{"S11", "collector", "TestRemoteTextLeavesNoTrace", ""},
	{"S11", "probe/report", "TestNothingFromOutsideReachesTheTerminalUnescaped", ""},
	{"S11", webDir, "TestDebugShowsRemoteTextOnlyQuoted TestRemoteTextChangesNoMetric", ""},
	{"S12", "collector", "TestRemoteTextLeavesNoTrace", ""},
	{"S13", dialogues, scripts + " TestKnown", ""},
	{"S13", "collector", "TestMaxSize", ""},
	{"S14", dialogues, scripts, ""},
	{"S15", dialogues, scripts + " TestUnsolicitedReplyInASegmentOfItsOwn", ""},
	{"S16", dialogues, scripts, ""},
	{"S17", dialogues, scripts + " TestInjectionInASegmentOfItsOwn", ""},
	{"S18", dialogues, "TestHandshakeThatFails", ""},
	{"S19", dialogues, scripts, ""},
	{"S20", dialogues, scripts, ""},
	{"S21", dialogues, scripts, ""},
	{"S21", "probe/reply", "TestRealRepliesHaveTheClassOfTheirDocumentation", ""},
	{"S22", dialogues, scripts, ""},
	{"S23", dialogues, scripts + " TestNoForbiddenVerb TestOnlyDeliverKnowsMessages TestOnlyRoundTripsDeliver", ""},
	{"S24", dialogues, scripts, ""},
	{"S25", dialogues, scripts + " TestCancelCutsTheFarewellShort", ""},
	{"S26", dialogues, scripts, ""},
	{"S27", "probe", "TestEachAddressIsJudgedByItself TestABackupThatAcceptsDoesNotMendARefusal", ""},
	{"S28", "probe", "TestMXThatPointsAtOurselvesIsNotDialled", ""},
	{"S29", dialogues, "TestAMessageThatCouldBeTwoIsNotSent TestAMessageArrivesAsItIs TestAnEnvelopeThatCannotBeSaidIsNotSaid", ""},

	{"L1", dialogues, scripts, ""},
	{"L2", "probe/cert", "TestVerify TestSHA1", ""},
	{"L2", dialogues, "TestBadCertificateIsNoFailure", ""},
	{"L3", "probe/cert", "TestBombsAreCut", ""},
	{"L4", "probe/cert", "TestHostileSubject TestClean", ""},
	{"L5", "probe/cert", "TestDatesFarAway", ""},
	{"L5", "probe", "TestAWrongClockSpoilsNoCertificate", ""},
	{"L5", cmdDir, "TestAClockBeforeTheBuildIsSuspect", ""},
	{"L6", dialogues, scripts + " TestHandshakeThatFails", ""},
	{"L7", dialogues, "TestFactsOfTLS", ""},
	{"L8", dialogues, "TestFactsOfTLS TestAddressHasNoSNI", ""},
	{"L9", "probe/dane", "TestUsageThree", ""},
	{"L10", dialogues, "TestImplicitTLSToAPlainPort", ""},

	{"B1", "probe", "TestBlockListsOfTheLab", ""},
	{"B2", "probe", "TestBlockListsOfTheLab", ""},
	{"B3", "probe", "TestBlockListsOfTheLab", ""},
	{"B4", "probe", "TestBlockListsOfTheLab", ""},
	{"B5", "probe", "TestBlockListsOfTheLab", ""},
	{"B6", "probe", "TestBlockListsOfTheLab", ""},
	{"B7", "probe", "TestBlockListsOfTheLab", ""},
	{"B8", "probe", "TestBlockListsOfTheLab", ""},
	{"B9", "probe", "TestBlockListsOfTheLab", ""},
	{"B10", "probe", "TestBlockListsOfTheLab", ""},
	{"B11", "probe", "TestTextOfAListIsHarmless", ""},
	{"B12", "probe", "TestAServerOfTwoDomainsIsAskedAboutOnce TestTwoHundredDomainsOfThreeServersAskThreeTimes", ""},
	{"B13", "probe", "TestBlockListsOfTheLab TestNoListHearsOfAPrivateAddress", ""},
	{"B14", "probe", "TestBlockListsOfTheLab", ""},
	{"B11", "probe/dnsbl", "TestTextIsBoundedAndPrintable", ""},
	{"B14", "probe/dnsbl", "TestSecretZoneIsNotPrinted TestKeyIsInNothingThatComesOut", ""},
	{"B14", cmdDir, "TestAKeyIsFoundNowhere TestAKeyIsInNoCommand", ""},

	{"I1", mailboxes, scripts, ""},
	{"I2", mailboxes, scripts, ""},
	{"I2", "config", badFiles, ""},
	{"I3", mailboxes, scripts, ""},
	{"I3", "config", badFiles, ""},
	{"I4", mailboxes, scripts + " TestIMAPSessions", ""},
	{"I5", mailboxes, scripts + " TestWrongPasswordIsSaidOnce", ""},
	{"I5", "probe", "TestRefusedLoginsAreSpacedOut TestBackoffDoublesUpToAnHour", ""},
	{"I6", mailboxes, "TestIMAPSessions TestPOP3Sessions TestFindComparesTheWholeHeader", ""},
	{"I6", trips + "/token", "TestForeignTokensAreNotOurs", ""},
	{"I6", trips + "/arrival", "TestClockThatIsWrongIsToldAndNotBelieved", ""},
	{"I7", mailboxes, "TestNothingIsExpungedWithoutUIDPLUS TestFolderNumberedAnewIsLeftAlone TestDeleteRemovesWhatWasFoundAlone TestPOP3Sessions", ""},
	{"I7", trips, "TestAHundredRoundTripsLeaveNothingBehind", ""},
	{"I8", mailboxes, "TestTwoSessionsOnOneMailbox", ""},
	{"I8", trips, "TestTripsOnOneMailboxTakeTurns", ""},
	{"I9", mailboxes, scripts + " TestPOP3Sessions", ""},
	{"I10", trips, "TestLateMessageIsCountedOnce", ""},
	{"I11", trips, "TestRestartNeitherLosesNorDoubleCounts TestStaleMessagesAreSwept", ""},
	{"I12", trips, "TestAtMostOneMessageIsSentInAnInterval", ""},
	{"I12", trips + "/letter", "TestMessageSaysThatNobodyIsToAnswer", ""},
	{"I13", "probe/bounce", "TestHostileMessagesCostNeitherTimeNorMemory TestNoMoreIsReadThanTheLimit", ""},
	{"I13", trips + "/arrival", "TestHostileMessagesAreReadWithinLimits", ""},
	{"I14", trips, "TestForgedAndRepeatedBouncesChangeNothing", ""},
	{"I14", trips + "/token", "TestForeignTokensAreNotOurs", ""},

	{"W1", "probe/crawl", "TestRedirectsAreJudged TestCirclesOfRedirects TestWhatTheOperatorNamesIsOpen", ""},
	{"W2", "probe/crawl", "TestAnEndlessSiteEnds TestOnePageIsReadOnce TestManyLinksAreBounded", ""},
	{"W3", "probe/crawl", "TestCompressedBombsAreDefused", ""},
	{"W4", "probe/crawl", "TestOddPagesCostTheirShare", ""},
	{"W5", "probe/crawl", "TestRobotsRules TestRobotsFileIsObeyed TestRequestsKeepTheirDistance", ""},
	{"W6", "probe/crawl", "TestTrapsAreCountedAndNoMore", ""},
	{"W6", "probe/mailaddr", "TestMailtoReadsWhatABrowserWouldWriteTo", ""},
	{"W6", "cmd/mx_sd/discovery", "TestDocuments", ""},
	{"W6", "cmd/mx_sd/web", "TestMetricsTellHowOldAndHowMany", ""},
	{"W7", "probe/crawl", "TestNothingIsSentButGET", ""},
	{"W8", "cmd/mx_sd/discovery", "TestASiteIsCrawledWhenItsTimeHasCome TestSitesAreSpread TestWhatIsHandedOnChangesWithoutACrawl TestOneWebsiteIsCrawledOnceAtATime", ""},
	{"W8", "config/sd", "TestWrongFilesAreRefusedWithPlaceAndReason", ""},
	{"W1", "cmd/mx_sd", "TestTheLabSiteGivesTheExpectedTable", ""},

	{"P1", "probe/crawl/pdf", "TestAHostileFileCostsItsChildAndNothingElse TestAChildThatDiesHangsOrRavesIsAnError TestTheChildIsConfined", ""},
	{"P1", "probe/crawl", "TestPDFsArePagesWithTheirOwnReasons", ""},
	{"P2", "probe/crawl/pdf", "TestAHostileFileCostsItsChildAndNothingElse TestContentIsNotDecompressed", ""},
	{"P3", "probe/crawl/pdf", "TestPagesAndLinksAreBounded TestLinksOfDifferentWritersAreFound", ""},
	{"P4", "probe/crawl/pdf", "TestLinksOfDifferentWritersAreFound TestACutFileIsNotAnEmptyOne", ""},
	{"P5", "probe/crawl/pdf", "TestLinksOfDifferentWritersAreFound", ""},

	{"X1", cmdDir, "TestSlotsFitDescriptorsAndMemory TestAThousandProbesWithFewDescriptors", ""},
	{"X1", webDir, "TestConnectionsAreBoundedAndIdleOnesGiveWay TestAConnectionBeyondTheLimitWaitsForOneToEnd", ""},
	{"X2", cmdDir, "TestSlotsFitDescriptorsAndMemory TestTheMemoryLimitOfTheControlGroupIsFound", ""},
	{"X3", webDir, "TestReloadsUnderRunningProbes", ""},
	{"X3", cmdDir, "TestAThousandReloadsUnderRunningProbes", ""},
	{"X4", webDir, "TestStoppingLetsProbesSayGoodbye TestStoppingEndsEvenWhenAProbeDoesNot", ""},
	{"X4", cmdDir, "TestTheEndSaysGoodbyeToEverybody", ""},
	{"X5", webDir, "TestAProbeThatNeverEndsGivesItsSlotBack", ""},
	{"X6", "probe/selfcheck", "TestTheClockIsSuspect TestReadingsArePairs", ""},
	{"X7", cmdDir, "TestALogThatNobodyReadsBlocksNothing", ""},
	{"X8", webDir, "TestAFailingTargetIsOneLineAMinute", ""},
	{"X9", "probe", "TestAHundredEndlessServersCostLittle", ""},
	{"X10", cmdDir, "TestNothingOfTheMachineIsNeeded", ""},
	{"X11", webDir, "TestHistoryIsBoundedInBytes TestResultsForReuseAreBounded TestTheSubjectsOfTheLogAreBounded TestOwnMetricsNameNoTarget", ""},
	{"X12", "probe/selfcheck", "TestIntervalsDiffer", ""},
	{"X13", trips + "/token", "TestWhatIsNoTokenIsNotRead", ""},
	{"X13", trips, "TestFileThatCannotBeUsedIsToldAndSetAside", ""},
}

func TestEveryFaultOfTheCatalogueHasItsTest(t *testing.T) {
	found := testsByDir(t)
	seen := map[string]bool{}
	for _, f := range faults {
		seen[f.row] = true
		if (f.tests == "") == (f.why == "") {
			t.Errorf("%s: want either tests, or why there are none", f.row)
		}
		for _, name := range strings.Fields(f.tests) {
			file, ok := found[f.dir][name]
			if !ok {
				t.Errorf("%s: %s has no %s", f.row, f.dir, name)
			} else if !names(t, f, name, file) {
				t.Errorf("%s: neither %s nor a file of %s/testdata names the row", f.row, file, f.dir)
			}
		}
	}
	for part, n := range rows {
		for i := 1; i <= n; i++ {
			if row := fmt.Sprint(part, i); !seen[row] {
				t.Errorf("%s is missing", row)
			}
			delete(seen, fmt.Sprint(part, i))
		}
	}
	for row := range seen {
		t.Errorf("%s is no row of the catalogue", row)
	}
}

// testsByDir finds every test: folder, name, file.
func testsByDir(t *testing.T) map[string]map[string]string {
	t.Helper()
	all := map[string]map[string]string{}
	for _, s := range sources(t) {
		if !s.test {
			continue
		}
		if all[s.dir] == nil {
			all[s.dir] = map[string]string{}
		}
		for _, d := range s.file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv == nil && (strings.HasPrefix(f.Name.Name, "Test") || strings.HasPrefix(f.Name.Name, "Fuzz")) {
				all[s.dir][f.Name.Name] = s.name
			}
		}
	}
	return all
}

// names reports whether a row is named where it is tested: in the test's file,
// or by files that the test reads, S17_what.txt or c1_what.bad.yml.
func names(t *testing.T, f fault, test, file string) bool {
	t.Helper()
	top := moduleRoot(t)
	if test == scripts || test == badFiles {
		for _, row := range []string{f.row, strings.ToLower(f.row)} {
			if m, err := filepath.Glob(filepath.Join(top, path.Join(f.dir, "testdata", row+"_*"))); err == nil && len(m) > 0 {
				return true
			}
		}
		return false
	}
	b, err := os.ReadFile(filepath.Join(top, file))
	if err != nil {
		t.Fatal(err)
	}
	return regexp.MustCompile(`\b` + f.row + `\b`).Match(b)
}

// Files of cases are of no use under a row that does not exist.
func TestFilesOfCasesNameRows(t *testing.T) {
	var known []string
	for _, f := range faults {
		known = append(known, f.row)
	}
	files, err := filepath.Glob(filepath.Join(moduleRoot(t), "probe/smtp/testdata/*_*.txt"))
	if err != nil || len(files) < 50 {
		t.Fatalf("%d scripts, %v", len(files), err)
	}
	row := regexp.MustCompile(`^([HCNTSLIX][0-9]+)_`)
	for _, name := range files {
		if m := row.FindStringSubmatch(filepath.Base(name)); m != nil && !slices.Contains(known, m[1]) {
			t.Errorf("%s: there is no row %s", name, m[1])
		}
	}
}
