namespace AgentControl.Agents.Documents;

/// <summary>Analyses by rules and sentence ranking, with nothing but the text: deterministic and in time linear in its length.</summary>
public sealed class OfflineDocumentAnalyser : IDocumentAnalyser
{
    public string Name => "offline";

    public Task<DocumentFindings> ExtractAsync(DocumentText document, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var text = document.Text;
        var outline = DocumentOutline.Of(text);
        cancellationToken.ThrowIfCancellationRequested();
        var findings = new DocumentFindings(
            document.Name,
            document.Sha256,
            PartyFinder.Find(text, outline),
            DateFinder.Find(text),
            AmountFinder.Find(text),
            GoverningLawFinder.Find(text),
            TermFinder.Find(text, outline),
            ClauseFinder.Find(text, outline),
            DefinedTermFinder.Find(text, outline),
            Summary: null,
            SummarySentences: [],
            Name
        );
        return Task.FromResult(findings);
    }

    public Task<IReadOnlyList<Finding>> SummariseAsync(DocumentText document, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(SentenceRanker.Rank(document.Text, DocumentOutline.Of(document.Text)));
    }
}
