namespace AgentControl.Agents.Documents;

/// <summary>One document of a <c>contracts</c> job: a file of the workspace, or a text.</summary>
/// <param name="Bytes">The file's size, so that a huge one is refused unread.</param>
public sealed record ContractDocumentInput(
    string Name,
    string? Path,
    long? Bytes,
    string? Text,
    AnalyserChoice Analyser
);

/// <summary>The findings, or the reason why the document was skipped.</summary>
public sealed record ContractDocumentOutput(DocumentFindings? Findings, string? Skipped);
