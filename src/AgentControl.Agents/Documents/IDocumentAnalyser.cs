namespace AgentControl.Agents.Documents;

/// <summary>Finds the facts of a contract and summarises it; by rules offline, or by a model.</summary>
public interface IDocumentAnalyser
{
    /// <summary>How results name this analyser: <c>offline</c>, or the model.</summary>
    string Name { get; }

    /// <summary>Finds parties, dates, amounts, law, term, clauses and defined terms, each with its position.</summary>
    Task<DocumentFindings> ExtractAsync(DocumentText document, CancellationToken cancellationToken);

    /// <summary>Chooses the sentences of the document that tell most about it, in the order they stand in it.</summary>
    Task<IReadOnlyList<Finding>> SummariseAsync(DocumentText document, CancellationToken cancellationToken);

    /// <summary>Both at once, for callers that need no record in between.</summary>
    async Task<DocumentFindings> AnalyseAsync(string name, string text, CancellationToken cancellationToken)
    {
        var document = DocumentText.From(name, text);
        var findings = await ExtractAsync(document, cancellationToken);
        return findings.WithSummary(await SummariseAsync(document, cancellationToken));
    }
}
