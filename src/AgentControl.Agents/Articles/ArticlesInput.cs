using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace AgentControl.Agents.Articles;

/// <summary>About what an <c>articles</c> job writes, and from what. Defaults stand in the constructor, so that the schema and the form tell them.</summary>
public sealed record ArticlesInput(
    [property: DisplayName("Topics"), Description("One article is written about each.")] IReadOnlyList<string> Topics,
    [property:
        DisplayName("Sources"),
        Description("Files and folders of the workspace (a folder ends with /), and pages of the web (https://…).")
    ]
        IReadOnlyList<string> Sources,
    [property: DisplayName("Approval"), Description("Whether a person approves each article before it is written.")]
        ArticlesApproval Approval = ArticlesApproval.Publish
) : IValidatableObject
{
    internal const int MostTopics = 50;
    internal const int MostSources = 100;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Topics is null or [])
            yield return new("Give at least one topic.", [nameof(Topics)]);
        else if (Topics.Count > MostTopics)
            yield return new($"Give at most {MostTopics} topics to one job.", [nameof(Topics)]);
        else if (Topics.Any(string.IsNullOrWhiteSpace))
            yield return new(
                "A topic has no text. Write what the article is about, or leave the line out.",
                [nameof(Topics)]
            );
        if (Sources is null or [])
            yield return new("Give at least one source: a file, a folder or a page.", [nameof(Sources)]);
        else if (Sources.Count > MostSources)
            yield return new($"Give at most {MostSources} sources to one job.", [nameof(Sources)]);
        else
            foreach (var source in Sources)
                if (ArticleSource.Wrong(source) is { } problem)
                    yield return new($"'{source}': {problem}", [nameof(Sources)]);
    }
}

public enum ArticlesApproval
{
    Publish,
    None,
}

/// <summary>What an <c>articles</c> job answers.</summary>
public sealed record ArticlesOutput(IReadOnlyList<ArticleResult> Articles, int Written);

/// <summary>What became of one topic.</summary>
/// <param name="Path">Where the article stands; null where there is none.</param>
/// <param name="Reason">Why there is none.</param>
public sealed record ArticleResult(string Topic, string? Path, string? Reason);

/// <summary>One article of the batch.</summary>
/// <param name="Sources">Files and addresses; folders are resolved.</param>
/// <param name="Route">The route of models, chosen once for the batch.</param>
/// <param name="Path">Where the article will stand.</param>
public sealed record ArticleInput(
    string Topic,
    IReadOnlyList<string> Sources,
    string Route,
    string Path,
    ArticlesApproval Approval
);

/// <summary>An article that was written.</summary>
/// <param name="Conflicts">Questions on which the sources disagreed and a person chose.</param>
public sealed record ArticleOutput(string Path, int Sections, int Conflicts, IReadOnlyList<UnreadSource> Unread);

/// <summary>A source that could not be read, and why.</summary>
public sealed record UnreadSource(string Name, string Reason);

/// <summary>The checkpoint behind the research: counts. What was found stands in the journal.</summary>
public sealed record ResearchCheckpoint(int Sources, int Claims, int Conflicts);
