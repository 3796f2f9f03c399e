using AgentControl.Agents.Documents;

namespace AgentControl.Core.Tests.Documents;

internal static class FindingAssert
{
    /// <summary>The rule of every finding: its position in the text is its text.</summary>
    public static void PositionsHold(string text, DocumentFindings findings)
    {
        var all = findings
            .Parties.Concat(findings.DefinedTerms)
            .Concat(findings.SummarySentences)
            .Concat(new[] { findings.GoverningLaw, findings.Term }.OfType<Finding>())
            .Select(f => (f.Text, f.Start, f.End))
            .Concat(findings.Dates.Select(f => (f.Text, f.Start, f.End)))
            .Concat(findings.Amounts.Select(f => (f.Text, f.Start, f.End)))
            .Concat(findings.Clauses.Select(f => (f.Text, f.Start, f.End)));
        Assert.All(
            all,
            finding =>
            {
                Assert.InRange(finding.Start, 0, text.Length - 1);
                Assert.InRange(finding.End, finding.Start + 1, text.Length);
                Assert.Equal(text[finding.Start..finding.End], finding.Text);
            }
        );
    }
}
