using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace AgentControl.Agents.Documents;

/// <summary>Which documents a <c>contracts</c> job reads, and how. Defaults stand in the constructor, so that the schema and the form tell them.</summary>
public sealed record ContractsInput(
    [property:
        DisplayName("Folder"),
        Description("A folder of the workspace; every file in it is a document."),
        DataType("folder")
    ]
        string? Folder = null,
    [property: DisplayName("Documents"), Description("Documents given here, instead of a folder or beside it.")]
        IReadOnlyList<GivenDocument>? Documents = null,
    [property: DisplayName("Approval"), Description("Whether a person approves the summary before it is written.")]
        ContractsApproval Approval = ContractsApproval.Summary,
    [property:
        DisplayName("Comment every"),
        Description("After so many documents a comment tells how far the job is."),
        Range(1, 10_000)
    ]
        int CommentEvery = 10,
    [property: DisplayName("Analyser"), Description("auto takes a model where one is configured, and rules otherwise.")]
        AnalyserChoice Analyser = AnalyserChoice.Auto
) : IValidatableObject
{
    internal const string NothingToRead = "Nothing to read: give a 'folder' of the workspace, or 'documents'.";

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (string.IsNullOrWhiteSpace(Folder) && Documents is null or [])
            yield return new ValidationResult(NothingToRead, [nameof(Documents)]);
    }
}

/// <summary>A document whose text stands in the input.</summary>
public sealed record GivenDocument(
    [property: Description("The document's name.")] string Name,
    [property: Description("Its text."), DataType("textarea")] string Text
);

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
public sealed record ContractsOutput(
    int Documents,
    IReadOnlyList<SkippedDocument> Skipped,
    string Results,
    string Summary,
    string Analyser
);

/// <summary>A document that has no result, and why.</summary>
public sealed record SkippedDocument(string Name, string Reason);
