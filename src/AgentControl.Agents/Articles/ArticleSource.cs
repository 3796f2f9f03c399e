using AgentControl.Agents.Assistant.Tools;
using AgentControl.Agents.Documents;
using AgentControl.Agents.Web;
using AgentControl.Core.Agents;
using AgentControl.Core.Jobs;
using AgentControl.Core.Steps;

namespace AgentControl.Agents.Articles;

/// <summary>What a source says; <see cref="Problem"/> where it could not be read.</summary>
/// <param name="Name">The path or address.</param>
internal sealed record ArticleSource(string Name, string? Text, string? Problem)
{
    /// <summary>More than this of one source is not given to a model.</summary>
    public const int MostCharacters = 100_000;

    public static bool IsAddress(string source) => source.Contains("://", StringComparison.Ordinal);

    /// <summary>Why a source as it was given can be neither a page nor a path; null where it can.</summary>
    public static string? Wrong(string? source) =>
        source is not null && IsAddress(source)
            ? GuardedFetch.Problem(source, out _)
            : FilePaths.Problem(source?.Trim() ?? "");

    /// <summary>Files and addresses, each once, in the order given; a folder stands for its files.</summary>
    public static async Task<IReadOnlyList<string>> ResolveAsync(IReadOnlyList<string> given, IJobWorkspace workspace)
    {
        var sources = new List<string>();
        foreach (var source in given.Select(s => s.Trim()))
        {
            if (!IsAddress(source) && source.EndsWith('/'))
                sources.AddRange((await workspace.ListAsync(source)).Select(file => file.Path));
            else
                sources.Add(source);
        }
        var each = sources.Distinct(StringComparer.Ordinal).ToList();
        return each.Count switch
        {
            0 => throw new PermanentFailureException(
                "sources",
                "The folders of 'sources' hold no file. Upload what is to be read, or name a page."
            ),
            > ArticlesInput.MostSources => throw new PermanentFailureException(
                "sources",
                $"The folders of 'sources' hold {each.Count} files; at most {ArticlesInput.MostSources} are read."
            ),
            _ => each,
        };
    }

    /// <summary>Reads one source in recorded steps. A source that cannot be read is none the job fails for.</summary>
    public static async Task<ArticleSource> ReadAsync(string name, IJobContext job, Func<GuardedFetch> web)
    {
        if (!IsAddress(name))
        {
            if (await job.Workspace.ReadAsync(name) is not { } bytes)
                return new(name, null, "there is no such file in the workspace");
            var reading = DocumentReader.Read(name, bytes);
            return reading.Document is { } document ? Of(name, document.Text) : new(name, null, reading.Reason);
        }
        if (GuardedFetch.Problem(name, out var url) is { } problem)
            return new(name, null, problem);
        try
        {
            return await job.StepAsync(
                "fetch",
                async call => Of(await web().GetAsync(url!, call)),
                new StepOptions
                {
                    Kind = "tool",
                    Service = GuardedFetch.ServiceOf(url!),
                    Detail = url!.GetLeftPart(UriPartial.Path),
                }
            );
        }
        catch (StepFailedException failed)
        {
            return new(name, null, failed.Failure.Message);
        }
    }

    private static ArticleSource Of(FetchedPage page) =>
        page.Problem is { } problem ? new(page.Url, null, problem)
        : page.Status is < 200 or >= 300 ? new(page.Url, null, $"it answered {page.Status}")
        : string.IsNullOrWhiteSpace(page.Text) ? new(page.Url, null, $"it is no text ({page.ContentType})")
        : Of(page.Url, page.Text);

    private static ArticleSource Of(string name, string text) =>
        new(name, text.Length > MostCharacters ? text[..MostCharacters] : text, null);
}
