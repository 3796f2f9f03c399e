namespace AgentControl.Agents.Documents;

/// <summary>What was found in one document: the content of <c>results/{name}.json</c>.</summary>
public sealed record DocumentFindings(
    string Name,
    string Sha256,
    IReadOnlyList<Finding> Parties,
    IReadOnlyList<DateFinding> Dates,
    IReadOnlyList<AmountFinding> Amounts,
    Finding? GoverningLaw,
    Finding? Term,
    IReadOnlyList<ClauseFinding> Clauses,
    IReadOnlyList<Finding> DefinedTerms,
    string? Summary,
    IReadOnlyList<Finding> SummarySentences,
    string Analyser
)
{
    /// <summary>The findings with a summary; its sentences are parted by an empty line.</summary>
    public DocumentFindings WithSummary(IReadOnlyList<Finding> sentences) =>
        this with
        {
            Summary = string.Join("\n\n", sentences.Select(sentence => sentence.Text)),
            SummarySentences = sentences,
        };
}
