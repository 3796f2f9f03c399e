using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace AgentControl.Agents.Documents;

/// <summary>Which documents a <c>contracts</c> job reads, and how.</summary>
public sealed record ContractsInput
{
    [DisplayName("Folder"), Description("A folder of the workspace; every file in it is a document."), DataType("folder")]
    public string? Folder { get; init; }

    [DisplayName("Documents"), Description("Documents given here, instead of a folder or beside it.")]
    public IReadOnlyList<GivenDocument>? Documents { get; init; }

    [DisplayName("Approval"), Description("Whether a person approves the summary before it is written.")]
    public ContractsApproval Approval { get; init; } = ContractsApproval.Summary;

    [DisplayName("Comment every"), Description("After so many documents a comment tells how far the job is."), Range(1, 10_000)]
    public int CommentEvery { get; init; } = 10;

    [DisplayName("Analyser"), Description("auto takes a model where one is configured, and rules otherwise.")]
    public AnalyserChoice Analyser { get; init; } = AnalyserChoice.Auto;
}

/// <summary>A document whose text stands in the input.</summary>
public sealed record GivenDocument([property: Description("The document's name.")] string Name, [property: Description("Its text."), DataType("textarea")] string Text);

public enum ContractsApproval
{
    Summary,
    None,
}

public enum AnalyserChoice
{
    Auto,
    Offline,
    Model,
}

/// <summary>What a <c>contracts</c> job answers.</summary>
/// <param name="Documents">How many documents there were, the skipped ones included.</param>
/// <param name="Results">The folder of the result files.</param>
/// <param name="Summary">The path of the summary.</param>
public sealed record ContractsOutput(int Documents, IReadOnlyList<SkippedDocument> Skipped, string Results, string Summary, string Analyser);

/// <summary>A document that has no result, and why.</summary>
public sealed record SkippedDocument(string Name, string Reason);
