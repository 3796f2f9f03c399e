using System.Text.RegularExpressions;
using AgentControl.Agents.Documents;

namespace AgentControl.Core.Tests.Documents;

public sealed partial class OfflineDocumentAnalyserTests
{
    private const double Needed = 0.85;

    [Fact]
    public async Task Extract_HeldOutContracts_EachFieldReachesPrecisionAndRecall() =>
        await AssertScores(SampleContracts.HeldOut);

    [Fact]
    public async Task Extract_KnownContracts_EachFieldReachesPrecisionAndRecall() =>
        await AssertScores(SampleContracts.Known);

    [Fact]
    public void Samples_All_AreSixteenDistinctContractsWithKeys()
    {
        var names = Directory
            .GetFiles(SampleContracts.Folder, "*.txt")
            .Select(Path.GetFileNameWithoutExtension)
            .Order(StringComparer.Ordinal);
        Assert.Equal(SampleContracts.Known.Concat(SampleContracts.HeldOut).Order(StringComparer.Ordinal), names);
        Assert.Equal(
            16,
            SampleContracts
                .Known.Concat(SampleContracts.HeldOut)
                .Select(SampleContracts.Text)
                .Distinct(StringComparer.Ordinal)
                .Count()
        );
    }

    [Theory]
    [MemberData(nameof(AllNames))]
    public async Task Analyse_Sample_EveryPositionIsItsTextAndEverySummarySentenceStandsInTheSource(string name)
    {
        var text = SampleContracts.Text(name);
        var findings = await Analyse(name, text);
        FindingAssert.PositionsHold(text, findings);
        Assert.InRange(findings.SummarySentences.Count, 2, 6);
        Assert.All(
            findings.Summary!.Split("\n\n"),
            sentence => Assert.Contains(sentence, text, StringComparison.Ordinal)
        );
        Assert.Equal("offline", findings.Analyser);
    }

    [Fact]
    public async Task Analyse_Twice_AnswersTheSame()
    {
        var text = SampleContracts.Text("lease");
        Assert.Equivalent(await Analyse("lease", text), await Analyse("lease", text), strict: true);
    }

    public static TheoryData<string> AllNames() => [.. SampleContracts.Known, .. SampleContracts.HeldOut];

    internal static Task<DocumentFindings> Analyse(string name, string text) =>
        ((IDocumentAnalyser)new OfflineDocumentAnalyser()).AnalyseAsync(
            name,
            text,
            TestContext.Current.CancellationToken
        );

    private static async Task AssertScores(string[] names)
    {
        FieldScore parties = new("parties"),
            dates = new("dates"),
            amounts = new("amounts"),
            law = new("governingLaw"),
            term = new("term"),
            clauses = new("clauses"),
            terms = new("definedTerms");
        foreach (var name in names)
        {
            var (text, key) = (SampleContracts.Text(name), SampleContracts.Key(name));
            var found = await Analyse(name, text);
            parties.Add(name, found.Parties, key.Parties, (f, t) => Same(f.Text, t));
            dates.Add(
                name,
                found.Dates,
                key.Dates,
                (f, t) => f.Iso == t.Iso && text.Contains(t.Text, StringComparison.Ordinal)
            );
            amounts.Add(name, found.Amounts, key.Amounts, (f, t) => f.Value == t.Value && f.Currency == t.Currency);
            law.Add(name, One(found.GoverningLaw), OneText(key.GoverningLaw), (f, t) => Same(f.Text, t));
            term.Add(name, One(found.Term), OneText(key.Term), (f, t) => Same(f.Text, t));
            clauses.Add(name, found.Clauses.Select(c => new FoundClause(c)), key.Clauses, (f, t) => f.Is(text, t));
            terms.Add(
                name,
                found.DefinedTerms,
                key.DefinedTerms,
                (f, t) => Same(WithoutArticle(f.Text), WithoutArticle(t))
            );
        }

        foreach (var score in new[] { parties, dates, amounts, law, term, clauses, terms })
        {
            TestContext.Current.TestOutputHelper?.WriteLine(score.ToString());
        }

        Assert.All(
            new[] { parties, dates, amounts, law, term, clauses, terms },
            score => Assert.True(score.Precision >= Needed && score.Recall >= Needed, score.ToString())
        );
    }

    private static Finding[] One(Finding? finding) => finding is null ? [] : [finding];

    private static string[] OneText(string? text) => text is null ? [] : [text];

    private static bool Same(string one, string other) =>
        string.Equals(Flat(one), Flat(other), StringComparison.Ordinal);

    private static string Flat(string text) => Space().Replace(text, " ").Trim();

    private static string WithoutArticle(string term) =>
        term.StartsWith("the ", StringComparison.Ordinal) ? term[4..] : term;

    [GeneratedRegex(@"\s+", RegexOptions.None, 10_000)]
    private static partial Regex Space();

    /// <summary>A clause is right where it is of its kind, begins where the key's opening stands and covers four fifths of the key's span and no more than a fifth beyond.</summary>
    private sealed record FoundClause(ClauseFinding Clause)
    {
        public bool Is(string text, SampleClause truth)
        {
            var start = text.IndexOf(truth.Opening, StringComparison.Ordinal);
            var closing = Pattern(truth.Closing).Match(text, Math.Max(start, 0));
            Assert.True(
                start >= 0 && closing.Success,
                $"The key's clause '{truth.Opening}' does not stand in its text."
            );
            var end = closing.Index + closing.Length;
            var overlap = Math.Min(end, Clause.End) - Math.Max(start, Clause.Start);
            var union = Math.Max(end, Clause.End) - Math.Min(start, Clause.Start);
            return Clause.Kind == truth.Kind && overlap > 0.8 * union;
        }

        private static Regex Pattern(string words) =>
            new(
                string.Join(@"\s+", words.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Regex.Escape)),
                RegexOptions.None,
                TimeSpan.FromSeconds(10)
            );

        public override string ToString() =>
            $"{Clause.Kind} {Clause.Text[..Math.Min(60, Clause.Text.Length)]} … {Clause.Text[^Math.Min(40, Clause.Text.Length)..]}";
    }
}
